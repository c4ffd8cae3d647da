import { readFile } from 'node:fs/promises';
import { App } from '@supabase/lite';
import { createPostgresConnection } from '@supabase/lite/postgres';
import pg from 'pg';

/** The database roles that log in: Supabase Lite and one for each service of the fleet. */
export const LOGIN_ROLES = ['lite', 'narae_trading', 'narae_market', 'narae_scheduler', 'narae_gateway', 'narae_worker'] as const;
export type LoginRole = (typeof LOGIN_ROLES)[number];

export interface BootstrapOptions {
  /** A superuser's address of the database to make like a hosted project. */
  readonly url: string;
  /** The password of each login role. */
  readonly passwordOf: (role: LoginRole) => string;
}

/**
 * Makes an embedded database look like a hosted Supabase project before our migrations: roles, extensions, default privileges, the
 * auth schema (Supabase Lite's tables, hosted's functions) and the realtime schema. Repeatable.
 */
export async function bootstrap({ url, passwordOf }: BootstrapOptions): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(await sql('bootstrap.sql'));
    for (const role of LOGIN_ROLES) {
      await client.query(`alter role ${role} login password ${client.escapeLiteral(passwordOf(role))}`);
    }
    await ensureAuthSchema(url);
    await client.query(await sql('auth.sql'));
    await client.query(await sql('realtime.sql'));
  } finally {
    await client.end();
  }
}

/** Lite's own tables. It also replaces auth.uid() and the like, which auth.sql puts right again. */
async function ensureAuthSchema(url: string): Promise<void> {
  const connection = createPostgresConnection({ url, postgresOptions: { max: 1, onnotice() {} } });
  Object.assign(connection, { ensureRlsContext: async () => true });
  try {
    await new App({
      connection,
      api: { schemas: ['public'] },
      auth: { enabled: true, jwt_secret: 'only-for-the-schema-never-signs-anything' },
    }).ensureSystemSchema();
  } finally {
    await connection.close();
  }
}

async function sql(name: string): Promise<string> {
  return readFile(new URL(name, import.meta.url), 'utf8');
}
