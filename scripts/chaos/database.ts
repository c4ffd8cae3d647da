import pg from 'pg';
import { survivingLoss } from '#lib/db/fleet/pool.ts';
import { bootstrap } from '#supabase/local/bootstrap.ts';
import { deployDatabase } from '#supabase/local/migrate.ts';
import { freePort } from '#supabase/local/ports.ts';
import { type RunningPostgres, startPostgres } from '#supabase/local/postgres.ts';
import type { ScaledTime } from './time.ts';

const PASSWORD = 'chaos';
const NAME = 'chaos';

export interface ChaosDatabase {
  readonly pool: pg.Pool;
  url(role?: string): string;
  /** As a signed-in user through the API, in one transaction. */
  asUser<T>(userId: string, sql: string, values: readonly unknown[]): Promise<T>;
  /** Ends the server without a shutdown, as a power switch of its container would, and starts it again. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** A cluster of the run's own, in the run's time. No fsync (the machine survives), but every commit is with the system before it is told. */
export async function openDatabase(dataDir: string, time: ScaledTime): Promise<ChaosDatabase> {
  const options = { dataDir, port: await freePort(), password: PASSWORD, durable: false };
  let server: RunningPostgres = await startPostgres(options);
  const url = (role = 'postgres') => server.url(NAME, role);
  const asAdmin = async (database: string, sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server.url(database) });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await asAdmin('postgres', `create database ${NAME}`);
  await asAdmin('postgres', `alter database ${NAME} set synchronous_commit = on`);
  await bootstrap({ url: url(), passwordOf: () => PASSWORD });
  await deployDatabase(url());
  await asAdmin(NAME, clockSql(time)); // sessions opened from here on live in the world
  const pool = survivingLoss(new pg.Pool({ connectionString: url(), max: 12 }));

  return {
    pool,
    url,
    async asUser<T>(userId: string, sql: string, values: readonly unknown[]): Promise<T> {
      const client = await pool.connect();
      try {
        const claims = { sub: userId, role: 'authenticated', aud: 'authenticated', aal: 'aal2', session_id: userId };
        await client.query('begin');
        await client.query(
          `select set_config('request.jwt.claims', $1, true), set_config('request.jwt.claim.sub', $2, true),
                  set_config('request.jwt.claim.role', 'authenticated', true), set_config('role', 'authenticated', true)`,
          [JSON.stringify(claims), userId],
        );
        const { rows } = await client.query(sql, [...values]);
        await client.query('commit');
        return rows[0]?.value as T;
      } catch (error) {
        await client.query('rollback').catch(() => {});
        throw error;
      } finally {
        client.release();
      }
    },
    async crash() {
      process.kill(server.pid, 'SIGQUIT'); // immediate: no checkpoint, sessions cut, recovery at the next start
      await server.stop();
      server = await startPostgres(options);
    },
    async stop() {
      await pool.end();
      await server.stop();
    },
  };
}

/** `now()` and `clock_timestamp()` of the world, found before Postgres's own by every session, function and column default. */
function clockSql({ factor, begunAt, startsAt }: ScaledTime): string {
  const of = (clock: string) => `to_timestamp(${startsAt / 1000}) + (pg_catalog.${clock}() - to_timestamp(${begunAt / 1000})) * ${factor}`;
  return `
    create schema chaos_clock;
    grant usage on schema chaos_clock to public;
    create function chaos_clock.now() returns timestamptz language sql stable as $f$ select ${of('now')} $f$;
    create function chaos_clock.clock_timestamp() returns timestamptz language sql volatile as $f$ select ${of('clock_timestamp')} $f$;
    alter database ${NAME} set search_path = chaos_clock, pg_catalog, public, extensions;
    do $$
    declare
      r record;
    begin
      for r in select p.oid::regprocedure as name, array_to_string(p.proconfig, ' ') as config from pg_proc p
        where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace) and p.prokind = 'f'
          and exists (select 1 from unnest(p.proconfig) c where c like 'search_path=%')
      loop
        execute format('alter function %s set search_path = chaos_clock, pg_catalog', r.name);
      end loop;
      for r in select d.adrelid::regclass as rel, a.attname as col, pg_get_expr(d.adbin, d.adrelid) as expr
        from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum join pg_class c on c.oid = d.adrelid
        where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and a.attgenerated = ''
          and pg_get_expr(d.adbin, d.adrelid) ~ '(now|clock_timestamp)\\(\\)'
      loop
        execute format('alter table %s alter column %I set default %s', r.rel, r.col,
          regexp_replace(r.expr, '(pg_catalog\\.)?(now|clock_timestamp)\\(\\)', 'chaos_clock.\\2()', 'g'));
      end loop;
    end
    $$;`;
}
