import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type pg from 'pg';
import { z } from 'zod';

const claimsSchema = z.looseObject({
  role: z.enum(['anon', 'authenticated', 'service_role']),
  sub: z.string().optional(),
  /** Seconds since 1970. */
  exp: z.number(),
});
export type Claims = z.infer<typeof claimsSchema>;

export interface Keys {
  readonly jwtSecret: string;
  readonly publishableKey: string;
  readonly secretKey: string;
}

/** Who a key or token speaks for; null when it is neither ours nor in date. */
export function identify(credential: string | null | undefined, keys: Keys): Claims | null {
  if (!credential) return null;
  if (isSame(credential, keys.publishableKey)) return { role: 'anon', exp: Number.POSITIVE_INFINITY };
  if (isSame(credential, keys.secretKey)) return { role: 'service_role', exp: Number.POSITIVE_INFINITY };
  return verifyToken(credential, keys.jwtSecret);
}

function verifyToken(token: string, secret: string): Claims | null {
  const [head, body, signature] = token.split('.');
  if (!head || !body || !signature) return null;
  if (!isSame(signature, createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url'))) return null;
  try {
    const { alg } = JSON.parse(Buffer.from(head, 'base64url').toString('utf8')) as { alg?: unknown };
    const claims = claimsSchema.parse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
    return alg === 'HS256' && claims.exp > Date.now() / 1000 ? claims : null;
  } catch {
    return null;
  }
}

/**
 * Asks the policies on realtime.messages whether somebody may read or write a topic, as hosted does: a row is tried in a transaction
 * that is rolled back. The row has no event, so it is never announced as a message.
 */
export async function isAllowed(pool: pg.Pool, action: 'read' | 'write', topic: string, claims: Claims): Promise<boolean> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const id = randomUUID();
    if (action === 'read')
      await client.query(`insert into realtime.messages (id, topic, extension) values ($1, $2, 'broadcast')`, [id, topic]);
    await client.query(
      `select set_config('realtime.topic', $1, true), set_config('request.jwt.claims', $2, true), set_config('request.jwt.claim.sub', $3, true),
              set_config('request.jwt.claim.role', $4, true), set_config('request.headers', '{}', true), set_config('role', $4, true)`,
      [topic, JSON.stringify(claims), claims.sub ?? '', claims.role],
    );
    if (action === 'read') return (await client.query('select 1 from realtime.messages where id = $1', [id])).rowCount === 1;
    return await client.query(`insert into realtime.messages (id, topic, extension) values ($1, $2, 'broadcast')`, [id, topic]).then(
      () => true,
      (error: { code?: string }) => {
        if (error.code === '42501') return false; // insufficient_privilege: what a policy says no with
        throw error;
      },
    );
  } finally {
    await client.query('rollback').catch(() => {});
    client.release();
  }
}

function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
