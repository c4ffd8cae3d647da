import type { ChaosAccount } from './accounts.ts';
import type { ChaosDatabase } from './database.ts';
import type { PlannedOrder, Step } from './plan.ts';
import type { Part } from './rpc.ts';
import { isFinal, type SeenOrder, type Watch } from './watch.ts';

export interface Stage {
  readonly database: ChaosDatabase;
  readonly venue: Part;
  readonly watch: Watch;
  /** Milliseconds of the machine for milliseconds of the world. */
  machineMs(worldMs: number): number;
  /** Milliseconds of the world until an order that is not over is left to the judge. */
  readonly patienceMs: number;
  progress(line: string): void;
  /** When the accounts had their first tokens, by the machine's steady clock. */
  readonly openedAt: number;
  /** What each lane is doing, for whoever wonders why a run stands still. */
  readonly doing: Map<string, string>;
}

/** KIS gives a key one new token a minute; a second expiry within it would only measure that. */
const TOKEN_REST_MS = 65_000;
const tokenFreeAt = new Map<number, number>();

/** Looks until something is so; a minute and a half of the world is longer than anything here may take. */
export async function untilSo(stage: Stage, what: string, look: () => Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + stage.machineMs(UNTIL_MS); performance.now() < deadline; await pause(20)) {
    if (await look().catch(() => false)) return;
  }
  stage.progress(`not so in time: ${what}`);
}
const UNTIL_MS = 90_000;

/** Plays one step as the account's owner: places, cancels where the script wants it, and waits until all is over. */
export async function playStep(stage: Stage, account: ChaosAccount, step: Step, whenWorking?: () => Promise<unknown>): Promise<void> {
  for (const { trouble } of step.orders) {
    if (trouble?.name === 'token_expired') await restOfToken(stage, account.index);
    for (const kind of trouble?.inquiry ?? []) {
      await stage.venue.ask('disturb', [{ kind, appKey: account.appKey, trId: inquiryTr(account), times: 2, delayMs: 0 }]);
    }
  }
  stage.doing.set(
    `account ${account.index}`,
    step.orders.map(({ trouble, fate, quantity }) => `${quantity} ${fate} ${trouble?.name ?? ''}`).join(', '),
  );
  const ids: string[] = [];
  for (const order of step.orders) ids.push(await place(stage, account, order));
  await Promise.all(step.orders.map((order, at) => seeThrough(stage, account, order, ids[at]!, whenWorking)));
  stage.doing.delete(`account ${account.index}`);
}

/** Milliseconds of the machine. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const inquiryTr = (account: ChaosAccount): string => (account.environment === 'real' ? 'TTTC0081R' : 'VTTC0081R');

async function restOfToken(stage: Stage, index: number): Promise<void> {
  const wait = (tokenFreeAt.get(index) ?? stage.openedAt + stage.machineMs(TOKEN_REST_MS)) - performance.now();
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
  whenWorking?: () => Promise<unknown>,
): Promise<void> {
  let isReady = false;
  let isChanged = false;
  let mustCancel = order.fate === 'cancel' || order.fate === 'part';
  const wanted = order.fills.reduce((sum, shares) => sum + shares, 0);
  const last = await follow(stage, account, order, orderId, async (seen) => {
    const isWorking = seen.status === 'accepted' || seen.status === 'partially_filled';
    if (isWorking && !isReady) {
      isReady = true;
      await whenWorking?.();
    }
    if (!isWorking || seen.cum < wanted) return;
    const wantsChange = order.change !== null && !isChanged;
    const wantsCancel = mustCancel && !seen.isCancelWanted;
    if (!wantsChange && !wantsCancel) return;
    if (wantsCancel) return cancel(stage, account, orderId);
    isChanged = true;
    const replacement = await replace(stage, account, order, orderId);
    const last = await follow(stage, account, order, replacement, async () => {});
    // A change that came to nothing leaves the order at work.
    if (last?.status === 'executed') return;
    mustCancel = true;
    await cancel(stage, account, orderId);
  });
  if (order.change && !isChanged) stage.progress(`order ${orderId} ended ${last?.status} before its change: ${order.trouble?.name}`);
}

/** Follows an order to its end; whatever nobody but a person can settle is settled on the way. */
async function follow(
  stage: Stage,
  account: ChaosAccount,
  order: PlannedOrder,
  orderId: string,
  hear: (seen: SeenOrder) => Promise<void>,
): Promise<SeenOrder | null> {
  const last = await stage.watch.follow(orderId, stage.machineMs(stage.patienceMs), (seen) =>
    seen.status === 'unknown' && seen.candidates > 1 ? resolveAsOperator(stage, account, order, orderId) : hear(seen),
  );
  if (last === null || !isFinal(last)) {
    const { trouble, ...script } = order;
    stage.progress(`order ${orderId} is not over: ${JSON.stringify({ ...last, ...script, trouble: trouble?.name })}`);
  }
  return last;
}

/** 정정 of all that is left. */
async function replace(stage: Stage, account: ChaosAccount, { change }: PlannedOrder, orderId: string): Promise<string> {
  const answer = await stage.database.asUser<{ order: { id: string } }>(
    account.userId,
    `select public.replace_order($1, null, $2, 'limit', $3::uuid, $3::text) as value`,
    [orderId, change!.price, change!.intentKey],
  );
  return answer.order.id;
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
