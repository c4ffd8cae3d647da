import { existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { bootstrap } from './bootstrap.ts';
import { deployDatabase } from './migrate.ts';
import { isAlive, stopOrphan } from './orphan.ts';
import { passableTempDir } from './os-user.ts';
import { freePort } from './ports.ts';
import { startPostgres } from './postgres.ts';

export interface TestCluster {
  readonly port: number;
  readonly password: string;
  /** Names of databases to be cloned: like a hosted project before our migrations, and after them (made when first asked for). */
  readonly bareTemplate: string;
  migratedTemplate(): Promise<string>;
  stop(): Promise<void>;
}

const PREFIX = 'narae-test-db-';

/** A throw-away Postgres whose databases are cloned from templates; gone, with its folder, after `stop`. */
export async function startTestCluster(): Promise<TestCluster> {
  await sweepOrphans();
  const home = passableTempDir(`${PREFIX}${process.pid}-`);
  const password = 'test';
  const postgres = await startPostgres({ dataDir: join(home, 'postgres'), port: await freePort(), password, durable: false });
  const stop = async (): Promise<void> => {
    await postgres.stop();
    rmSync(postgres.dataDir, { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const create = async (sql: string): Promise<void> => {
      const admin = new pg.Client({ connectionString: postgres.url('postgres') });
      await admin.connect();
      await admin.query(sql).finally(() => admin.end());
    };
    const bareTemplate = 'narae_bare';
    await create(`create database ${bareTemplate}`);
    await bootstrap({ url: postgres.url(bareTemplate), passwordOf: () => password });
    let migrated: Promise<string> | undefined;
    const migratedTemplate = async (): Promise<string> => {
      const name = 'narae_migrated';
      await create(`create database ${name} template ${bareTemplate}`);
      await deployDatabase(postgres.url(name));
      return name;
    };
    return {
      port: postgres.port,
      password,
      bareTemplate,
      migratedTemplate() {
        migrated ??= migratedTemplate();
        return migrated;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ends clusters whose test run was killed: their folder carries the id of the run's process. */
async function sweepOrphans(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]);
    if (!pid || isAlive(pid)) continue;
    const dataDir = join(tmpdir(), name, 'postgres');
    if (existsSync(dataDir)) await stopOrphan(dataDir);
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}
