import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Logger, runMigrations } from 'graphile-worker';
import pg from 'pg';
import { survivingLoss } from '#lib/db/fleet/pool.ts';
import { StackFault } from './fault.ts';
import { lineAt, type SqlStatement, splitSql } from './split-sql.ts';

export const MIGRATIONS_DIR = fileURLToPath(new URL('../migrations', import.meta.url));

export interface MigrateResult {
  /** Versions applied now, oldest first. */
  readonly applied: readonly string[];
  /** Applied earlier, but the file has been edited since. */
  readonly edited: readonly string[];
}
interface Migration {
  readonly version: string;
  readonly name: string;
  readonly file: string;
  readonly source: string;
}

/** Job tables first (our functions call graphile_worker.add_job), then our migrations, then the fleet's rights on the job tables. */
export async function deployDatabase(url: string, dir: string = MIGRATIONS_DIR): Promise<MigrateResult> {
  await installJobTables(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const result = await migrate(client, dir);
    await grantJobTables(client);
    return result;
  } finally {
    await client.end();
  }
}

async function installJobTables(url: string): Promise<void> {
  const pool = survivingLoss(new pg.Pool({ connectionString: url, max: 2 }));
  await runMigrations({ pgPool: pool, logger: new Logger(() => () => {}) }).finally(() => pool.end());
}

/**
 * Applies the pending files of `dir` in order, one transaction a file, and records them as the Supabase CLI does, so that
 * `supabase db push` sees them as applied. Two runs at once wait for each other.
 */
export async function migrate(client: pg.Client, dir: string): Promise<MigrateResult> {
  await client.query(`
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (version text primary key, statements text[], name text);
    alter table supabase_migrations.schema_migrations add column if not exists statements text[], add column if not exists name text;
  `);
  await client.query(`select pg_advisory_lock(hashtext('narae migrations'))`);
  try {
    const { rows } = await client.query<{ version: string; statements: string[] | null }>(
      'select version, statements from supabase_migrations.schema_migrations',
    );
    const recorded = new Map(rows.map((row) => [row.version, row.statements]));
    const applied: string[] = [];
    const edited: string[] = [];
    for (const migration of await readMigrations(dir)) {
      const statements = splitSql(migration.source);
      if (!recorded.has(migration.version)) {
        await apply(client, migration, statements);
        applied.push(migration.version);
      } else if (isEdited(recorded.get(migration.version), statements)) {
        edited.push(migration.version);
      }
    }
    return { applied, edited };
  } finally {
    await client.query(`select pg_advisory_unlock(hashtext('narae migrations'))`);
  }
}

async function readMigrations(dir: string): Promise<Migration[]> {
  const migrations: Migration[] = [];
  for (const file of (await readdir(dir)).sort()) {
    const [, version, name] = /^(\d{14})_(\w+)\.sql$/.exec(file) ?? [];
    if (!version || !name) continue;
    if (migrations.at(-1)?.version === version) {
      throw new StackFault(
        `마이그레이션 번호 ${version}이(가) 두 번 쓰였습니다: ${file}`,
        `Migration version ${version} is used twice: ${file}`,
      );
    }
    migrations.push({ version, name, file, source: await readFile(join(dir, file), 'utf8') });
  }
  return migrations;
}

async function apply(client: pg.Client, migration: Migration, statements: readonly SqlStatement[]): Promise<void> {
  let current: SqlStatement | undefined;
  try {
    await client.query('begin');
    for (current of statements) await client.query(current.text);
    current = undefined;
    await client.query('insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)', [
      migration.version,
      migration.name,
      statements.map((s) => s.text),
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw migrationFault(migration, current, error);
  }
}

/** Says file and line: Postgres tells the place inside the statement, we know where the statement begins. */
function migrationFault(migration: Migration, statement: SqlStatement | undefined, error: unknown): StackFault {
  const { message = String(error), position, detail, hint, where } = error as Partial<pg.DatabaseError>;
  let line = statement?.line ?? 1;
  if (statement && position) {
    const begin = migration.source.indexOf(statement.text);
    line = lineAt(migration.source, begin + Number(position) - 1);
  }
  const more = [detail, hint, where].filter(Boolean).join(' / ');
  const place = `supabase/migrations/${migration.file}:${line}`;
  return new StackFault(
    `마이그레이션을 적용하지 못했습니다 (${place}): ${message}${more ? ` (${more})` : ''}. 이 파일은 되돌려졌고, 앞 파일들은 적용된 그대로입니다.`,
    `Migration failed at ${place}: ${message}${more ? ` (${more})` : ''}. This file was rolled back; earlier files stay applied.`,
    { cause: error },
  );
}

/** Rows written by another tool may lack statements or split them otherwise; then only a text without white space is compared. */
function isEdited(recorded: readonly string[] | null | undefined, now: readonly SqlStatement[]): boolean {
  if (!recorded) return false;
  const plain = (texts: readonly string[]) => texts.join('').replace(/[\s;]+/g, '');
  return plain(recorded) !== plain(now.map((s) => s.text));
}

/** Graphile Worker's tables have RLS on: besides grants, the services that run jobs need a policy. Repeatable. */
async function grantJobTables(client: pg.Client): Promise<void> {
  await client.query(`
    do $$
    declare
      r text;
      t record;
    begin
      foreach r in array array['narae_trading', 'narae_market', 'narae_scheduler', 'narae_gateway', 'narae_worker'] loop
        continue when not exists (select 1 from pg_catalog.pg_roles where rolname = r);
        execute format('grant usage on schema graphile_worker to %I', r);
        execute format('grant select, insert, update, delete on all tables in schema graphile_worker to %I', r);
        execute format('grant usage on all sequences in schema graphile_worker to %I', r);
        execute format('grant execute on all functions in schema graphile_worker to %I', r);
        for t in select tablename from pg_catalog.pg_tables where schemaname = 'graphile_worker' and rowsecurity loop
          execute format('drop policy if exists %I on graphile_worker.%I', r || '_runs_jobs', t.tablename);
          execute format('create policy %I on graphile_worker.%I to %I using (true) with check (true)', r || '_runs_jobs', t.tablename, r);
        end loop;
      end loop;
    end
    $$;
  `);
}
