import type pg from 'pg';
import { loadOrMakeSealingKey, type SealingKey } from '#lib/credentials/key-file.ts';
import { AppError } from '#lib/errors.ts';

/**
 * The sealing key of this credentials volume, made on first use, with its public half published in `nas_keys`. Refuses to run
 * beside another active key: two volumes would each hold half of the accounts.
 */
export async function ensureSealingKey(pool: pg.Pool, credentialsDir: string): Promise<SealingKey> {
  const key = await loadOrMakeSealingKey(credentialsDir);
  await pool.query(
    `insert into public.nas_keys (key_id, public_key, fingerprint, state) values ($1, $2, $3, 'active') on conflict do nothing`,
    [key.keyId, key.publicKey, key.fingerprint],
  );
  const { rows } = await pool.query<{ key_id: string }>(`select key_id from public.nas_keys where state = 'active'`);
  const active = rows[0]?.key_id;
  if (active !== key.keyId) {
    throw new AppError(
      'conflict',
      `nas_keys names ${active ?? 'no key'} as active, but the credentials volume holds ${key.keyId}. ` +
        'Start with the volume that holds the active key, or retire that key first.',
    );
  }
  return key;
}
