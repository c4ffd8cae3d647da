import type pg from 'pg';
import { z } from 'zod';
import { sealedCredentials } from '#lib/credentials/account-credentials.ts';
import { open, seal } from '#lib/credentials/hpke.ts';
import type { SealingKey } from '#lib/credentials/key-file.ts';

const token = z.strictObject({ accessToken: z.string().min(1), issuedAt: z.number(), expiresAt: z.number() });
export type SharedToken = z.infer<typeof token>;

/**
 * One access token an app key for all processes: sealed to the fleet's own key in `broker_tokens`, issued under an advisory
 * lock of a session, which Postgres gives back when its process dies. Locks have a pool of their own: whoever holds one still
 * needs a connection to read and write the token.
 */
export function brokerTokens({ pool, lockPool, key }: { pool: pg.Pool; lockPool: pg.Pool; key: SealingKey }) {
  const aad = (tag: string, environment: string) => ['broker-token', tag, environment, key.keyId].join('|');
  return {
    async load(tag: string, environment: string): Promise<SharedToken | null> {
      const { rows } = await pool.query<{ sealed: string }>(
        'select sealed from public.broker_tokens where app_key_tag = $1 and environment = $2',
        [tag, environment],
      );
      const box = rows[0] && sealedCredentials.safeParse(JSON.parse(rows[0].sealed)).data;
      if (!box || box.kid !== key.keyId) return null; // sealed to a key that was replaced: issue a new one
      return token.parse(JSON.parse(await open(key.privateKey, aad(tag, environment), box)));
    },
    async save(tag: string, environment: string, fresh: SharedToken): Promise<void> {
      const box = await seal(key, aad(tag, environment), JSON.stringify(token.parse(fresh)));
      await pool.query(
        `insert into public.broker_tokens (app_key_tag, environment, sealed, issued_at, expires_at) values ($1, $2, $3, $4, $5)
         on conflict (app_key_tag, environment) do update
           set sealed = excluded.sealed, issued_at = excluded.issued_at, expires_at = excluded.expires_at`,
        [tag, environment, JSON.stringify(box), new Date(fresh.issuedAt), new Date(fresh.expiresAt)],
      );
    },
    async withLock<T>(tag: string, environment: string, run: () => Promise<T>): Promise<T> {
      const client = await lockPool.connect();
      const name = `broker-token|${tag}|${environment}`;
      try {
        await client.query('set statement_timeout = 90000'); // the holder may wait a minute for KIS
        await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [name]);
        return await run();
      } finally {
        // A closed session gives back lock and settings in every case.
        client.release(true);
      }
    },
  };
}
