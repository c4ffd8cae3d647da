import type pg from 'pg';
import { tradingRepo as original } from '#lib/db/fleet/trading.ts';
import { withDoors } from '../doors.ts';
import { accountOfOrder, rememberOrders } from '../whose.ts';
import { areNoticesAdded } from '../wrong-habits.ts';

export * from '#lib/db/fleet/trading.ts';

const attempts = new Map<number, string>();
/** Methods whose first argument is an account. */
const OF_ACCOUNT = new Set([
  'activeOrders',
  'knownNumbers',
  'notFoundOrders',
  'expireDay',
  'adoptExternal',
  'putBalance',
  'putHolding',
  'positions',
]);

/** The repository with a door before and behind each method. */
export function tradingRepo(pool: pg.Pool): ReturnType<typeof original> {
  const repo = original(pool);
  /** Mutant: a notice is taken for a fill, so a doubled one counts twice. One after the other, or they would hide each other. */
  let adding: Promise<unknown> = Promise.resolve();
  async function addNow(orderId: string, facts: Record<string, unknown>): Promise<void> {
    const { rows } = await pool.query<{ cum: number; amount: number }>(
      'select cum_quantity::float8 as cum, cum_amount::float8 as amount from public.real_orders where id = $1',
      [orderId],
    );
    const { cum, amount } = rows[0]!;
    const quantity = cum + Number(facts.quantity);
    await repo.applyCum(orderId, {
      quantity,
      amount: amount + Number(facts.quantity) * Number(facts.price),
      basis: 'notice',
      asOf: new Date(),
    });
  }
  async function addNotice(orderId: string, provisional: number, facts: Record<string, unknown>): Promise<unknown> {
    adding = adding.then(() => addNow(orderId, facts)).catch(() => {}); // an impossible sum is refused by the database
    await adding;
    return repo.applyNotice(orderId, provisional, facts);
  }
  const learning = {
    ...repo,
    async activeOrders(accountId: string) {
      const orders = await repo.activeOrders(accountId);
      rememberOrders(accountId, orders);
      return orders;
    },
    async beginAttempt(input: Parameters<typeof repo.beginAttempt>[0]) {
      const id = await repo.beginAttempt(input);
      if (id !== null) attempts.set(id, input.orderId);
      return id;
    },
    ...(areNoticesAdded() && { applyNotice: addNotice }),
  };
  return withDoors('repo', learning, (method, [first]) => {
    if (typeof first === 'string') return OF_ACCOUNT.has(method) ? first : accountOfOrder(first);
    if (typeof first === 'number') return accountOfOrder(attempts.get(first) ?? '');
    if (Array.isArray(first)) return accountOfOrder(first[0]);
    return accountOfOrder((first as { orderId?: string } | undefined)?.orderId ?? '');
  });
}
