import type pg from 'pg';
import { bookOn, type PaperBook } from './book.ts';

/** The transaction reached its commit and nobody said whether it happened. */
export class CommitUnknown extends Error {}
/** Another process holds the account: nothing was changed. */
export class LeaseLost extends Error {}

/**
 * The paper broker's memory. Every change is one transaction under the account's row, checked against the lease it was opened
 * with: two processes take turns, and what one has matched the other sees in `seen_volume`.
 */
export function paperStore(pool: pg.Pool, accountId: string, lease: { readonly token: number } | null) {
  const read = <T>(work: (book: PaperBook) => Promise<T>): Promise<T> =>
    withClient(pool, async (client) => {
      await client.query('begin isolation level repeatable read read only');
      const result = await work(bookOn(client, accountId));
      await client.query('commit');
      return result;
    });
  async function change<T>(work: (book: PaperBook) => Promise<T>): Promise<T> {
    return withClient(pool, async (client) => {
      await client.query('begin');
      const { rows } = await client.query(
        `select ($2::bigint is null or exists (
            select 1 from public.account_leases l join public.trading_instances i on i.id = l.instance_id and i.expires_at > clock_timestamp()
             where l.account_id = p.broker_account_id and l.token = $2)) as is_ours
           from public.paper_accounts p where p.broker_account_id = $1 for update of p`,
        [accountId, lease?.token ?? null],
      );
      if (rows[0]?.is_ours !== true) throw new LeaseLost('the paper account is not ours to change');
      const result = await work(bookOn(client, accountId));
      await client.query('commit').catch((cause) => {
        throw new CommitUnknown('commit not answered', { cause });
      });
      return result;
    });
  }
  return { read, change };
}
export type PaperStore = ReturnType<typeof paperStore>;

async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let fault: unknown;
  try {
    return await work(client);
  } catch (error) {
    fault = error;
    await client.query('rollback').catch(() => {}); // a lost connection has rolled back already
    throw error;
  } finally {
    client.release(fault instanceof CommitUnknown);
  }
}
