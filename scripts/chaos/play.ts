import type { ChaosAccount } from './accounts.ts';
import type { ChaosDatabase } from './database.ts';
import type { PlannedOrder, Step } from './plan.ts';
import type { Part } from './rpc.ts';
import { isFinal, type Watch } from './watch.ts';

export interface Stage {
  readonly database: ChaosDatabase;
  readonly venue: Part;
  readonly watch: Watch;
  /** Milliseconds of the machine for milliseconds of the world. */
  machineMs(worldMs: number): number;
  /** Milliseconds of the world until an order that is not over is left to the judge. */
  readonly patienceMs: number;
  progress(line: string): void;
}

/** KIS gives a key one new token a minute; a second expiry within it would only measure that. */
const TOKEN_REST_MS = 65_000;
const tokenFreeAt = new Map<number, number>();

/** Plays one step as the account's owner: places, cancels where the script wants it, and waits until all is over. */
export async function playStep(stage: Stage, account: ChaosAccount, step: Step, beforeCancel?: () => Promise<unknown>): Promise<void> {
  for (const { trouble } of step.orders) {
    if (trouble?.name === 'token_expired') await restOfToken(stage, account.index);
    for (const kind of trouble?.inquiry ?? []) {
      await stage.venue.ask('disturb', [{ kind, appKey: account.appKey, trId: inquiryTr(account), times: 2, delayMs: 0 }]);
    }
  }
  const ids: string[] = [];
  for (const order of step.orders) ids.push(await place(stage, account, order));
  await Promise.all(step.orders.map((order, at) => seeThrough(stage, account, order, ids[at]!, beforeCancel)));
}

/** Milliseconds of the machine. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const inquiryTr = (account: ChaosAccount): string => (account.environment === 'real' ? 'TTTC0081R' : 'VTTC0081R');

async function restOfToken(stage: Stage, index: number): Promise<void> {
  const wait = (tokenFreeAt.get(index) ?? 0) - performance.now();
  if (wait > 0) await pause(wait);
  tokenFreeAt.set(index, performance.now() + stage.machineMs(TOKEN_REST_MS));
}

/** As the API would: the same wish again after a database that went away. */
async function place({ database }: Stage, account: ChaosAccount, order: PlannedOrder): Promise<string> {
  const { intentKey, symbol, side, quantity, price, isPaired } = order;
  for (let tries = 0; ; tries++) {
    try {
      const answer = await database.asUser<{ order: { id: string } }>(
        account.userId,
        `select public.place_order(p_account_id => $1, p_stock_code => $2, p_side => $3, p_quantity => $4, p_price_type => 'limit', p_price => $5,
           p_intent_key => $6::uuid, p_body_hash => $6::text, p_allow_duplicate => $7) as value`,
        [account.id, symbol, side, quantity, price, intentKey, isPaired],
      );
      return answer.order.id;
    } catch (error) {
      if ((error as { code?: string }).code === 'PGRST' || tries > 40) throw error;
      await pause(100);
    }
  }
}

async function seeThrough(
  stage: Stage,
  account: ChaosAccount,
  order: PlannedOrder,
  orderId: string,
  beforeCancel?: () => Promise<unknown>,
): Promise<void> {
  let isReady = false;
  const wanted = order.fills.reduce((sum, shares) => sum + shares, 0);
  const mustCancel = order.fate === 'cancel' || order.fate === 'part';
  const last = await stage.watch.follow(orderId, stage.machineMs(stage.patienceMs), async (seen) => {
    if (seen.status === 'unknown' && seen.candidates > 1) return resolveAsOperator(stage, account, order, orderId);
    const isWorking = seen.status === 'accepted' || seen.status === 'partially_filled';
    if (!mustCancel || !isWorking || seen.cum < wanted || seen.isCancelWanted) return;
    if (!isReady) await beforeCancel?.();
    isReady = true;
    await cancel(stage, account, orderId);
  });
  if (last === null || !isFinal(last))
    stage.progress(`order ${orderId} is not over: ${JSON.stringify({ ...last, ...order, trouble: order.trouble?.name })}`);
}

export async function cancel({ database }: Stage, account: ChaosAccount, orderId: string): Promise<void> {
  await database.asUser(account.userId, 'select public.cancel_order($1) as value', [orderId]);
}

/** The scripted operator reads the venue's book, where it is known which order came from another client. */
async function resolveAsOperator(stage: Stage, account: ChaosAccount, order: PlannedOrder, orderId: string): Promise<void> {
  const { symbol, side, quantity } = order;
  const listed = await stage.venue.ask<{ orderNumber: string; isForeign: boolean }[]>('numbers', {
    account: account.venueId,
    symbol,
    side,
    quantity,
  });
  const ours = listed.find(({ isForeign }) => !isForeign);
  await stage.database
    .asUser(account.userId, 'select public.resolve_unknown($1, $2, $3) as value', [orderId, ours?.orderNumber ?? null, 'scripted operator'])
    .catch((error) => {
      if (!/order_not_unknown/.test(String(error.message))) throw error; // it was settled meanwhile
    });
}
