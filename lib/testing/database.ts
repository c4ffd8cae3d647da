import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { survivingLoss } from '#lib/db/fleet/pool.ts';

/** Claims a session token carries beside `sub` and `role`; `aal2` and `session_id` matter to arming real trading. */
export interface TestClaims {
  readonly email?: string;
  readonly session_id?: string;
  readonly aal?: 'aal1' | 'aal2';
}
export type Work<T> = (client: pg.PoolClient) => Promise<T>;

export interface TestDatabase {
  /** Address for a database role (`narae_trading`, `lite`, …); the superuser without one. */
  url(role?: string): string;
  /** The superuser's pool: for arranging and for looking at what is really there. */
  readonly pool: pg.Pool;
  /** Runs `work` in one transaction as a signed-in user, as a request through the API would; commits unless it throws. */
  asUser<T>(userId: string, work: Work<T>, claims?: TestClaims): Promise<T>;
  /** The same without a session. */
  asAnon<T>(work: Work<T>): Promise<T>;
  /** The same with the secret key (role service_role, which passes RLS). */
  asService<T>(work: Work<T>): Promise<T>;
  drop(): Promise<void>;
}

/**
 * A fresh database of its own for one test file, cloned from a migrated template, so it is quick; call `drop` in afterAll.
 * `bare` is a hosted project before our migrations: for tests that lay an owner's tables first and then call `deployDatabase(db.url())`.
 */
export async function createTestDatabase(options: { bare?: boolean } = {}): Promise<TestDatabase> {
  const response = await fetch(new URL(options.bare ? '/bare' : '/migrated', inject('testClusterUrl')));
  if (!response.ok) throw new Error(await response.text());
  const { port, password, template } = (await response.json()) as { port: number; password: string; template: string };
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const pooler = inject('poolerPort') as number | undefined; // the pooled run only
  const urlOf = (database: string, role = 'postgres', at = port) => `postgres://${role}:${password}@127.0.0.1:${at}/${database}`;
  const asAdmin = async (sql: string): Promise<void> => {
    const admin = new pg.Client({ connectionString: urlOf('postgres') });
    await admin.connect();
    await admin.query(sql).finally(() => admin.end());
  };
  await asAdmin(`create database ${name} template ${template}`);

  // A connection ended by `drop … with (force)` is expected, idle or already let go by the pool.
  const pool = survivingLoss(new pg.Pool({ connectionString: urlOf(name), max: 10 }));
  const inRole = async <T>(role: string, claims: Record<string, unknown>, work: Work<T>): Promise<T> => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query(
        `select set_config('request.jwt.claims', $1, true), set_config('request.jwt.claim.sub', $2, true),
                set_config('request.jwt.claim.role', $3, true), set_config('role', $3, true)`,
        [JSON.stringify(claims), claims.sub ?? '', role],
      );
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  };
  return {
    url: (role) => (pooler && role?.startsWith('narae_') ? urlOf(name, role, pooler) : urlOf(name, role)),
    pool,
    asUser: (userId, work, claims = {}) =>
      inRole('authenticated', { sub: userId, role: 'authenticated', aud: 'authenticated', aal: 'aal1', ...claims }, work),
    asAnon: (work) => inRole('anon', { role: 'anon' }, work),
    asService: (work) => inRole('service_role', { role: 'service_role' }, work),
    async drop() {
      await pool.end();
      await asAdmin(`drop database ${name} with (force)`);
    },
  };
}

/** Puts a confirmed person into auth.users as sign-up does (the profile trigger runs) and returns the id. No password: cannot sign in. */
export async function createTestUser(pool: pg.Pool, user: { id?: string; email?: string } = {}): Promise<string> {
  const id = user.id ?? randomUUID();
  await pool.query(
    `insert into auth.users (id, aud, role, email, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
     values ($1, 'authenticated', 'authenticated', $2, now(), '{"provider":"email","providers":["email"]}', '{}')`,
    [id, user.email ?? `${id}@test.local`],
  );
  return id;
}
