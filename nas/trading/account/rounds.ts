import type { TradingDay } from '#domain/order/order.ts';
import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import { TIMING } from '../timing.ts';
import { closeDay } from './close-day.ts';
import type { AccountContext } from './context.ts';
import { createHoldingSync } from './holdings.ts';
import { type Inquiry, type Scope, today } from './inquiry.ts';
import { bookNoticeFills } from './notice-fills.ts';
import type { NoticeDesk } from './notices.ts';
import type { Reconciler } from './reconcile.ts';
import { createSchedule } from './schedule.ts';

export interface Rounds {
  /** A reason to read the broker's list now: a symbol's orders, or with null all of them. */
  soon(scope: Scope): void;
  /** The orders have changed: set the timer anew. */
  arm(): void;
  /** True once list and holdings were read whole since the start: entries go out from then on. */
  isClean(): boolean;
  /** Resolves when the round under way is over. */
  idle(): Promise<void>;
  stop(): void;
}

/** What the broker is asked again and again, one question at a time: order list, cash and holdings, leftovers of the session. */
export function createRounds(
  context: AccountContext,
  options: {
    active(): readonly OrderRow[];
    readonly inquiry: Inquiry;
    readonly reconciler: Reconciler;
    readonly notices: NoticeDesk;
    /** Rows may have changed. */
    onChange(): void;
  },
): Rounds {
  const { accountId, repo, clock, log } = context;
  const { active, inquiry, reconciler, notices, onChange } = options;
  const schedule = createSchedule(clock);
  const holdings = createHoldingSync(context);
  let callOff = () => {};
  let stopped = false;
  let isRunning = false;
  let round: Promise<void> = Promise.resolve();
  let isListProved = false;
  let isPositionProved = false;
  let wantsHoldings = true;
  let holdingsAt = Number.NEGATIVE_INFINITY;
  let expiredAt = Number.NEGATIVE_INFINITY;
  let listWrittenAt = Number.NEGATIVE_INFINITY;
  let comparedAt = Number.NEGATIVE_INFINITY;
  const startedAt = new Date(clock.wall());
  let isStartWritten = false;

  const holdingsDue = () => (wantsHoldings ? Number.NEGATIVE_INFINITY : holdingsAt + TIMING.balanceMs);

  function arm(): void {
    callOff();
    if (stopped || isRunning) return;
    const due = Math.min(schedule.nextInquiryAt(active()), holdingsDue());
    callOff = clock.after(Math.max(0, due - clock.monotonic()), () => {
      round = run();
    });
  }
  function soon(scope: Scope): void {
    schedule.poke(scope);
    arm();
  }

  async function run(): Promise<void> {
    if (stopped || isRunning) return;
    isRunning = true;
    try {
      if (schedule.nextInquiryAt(active()) <= clock.monotonic()) await readLists();
      if (holdingsDue() <= clock.monotonic()) await readHoldings();
      if (clock.monotonic() - expiredAt >= TIMING.expireCheckMs) {
        await expireLeftovers();
        const day = (await repo.dayToClose(accountId)) as TradingDay | null;
        if (day !== null && isListProved && isPositionProved) await closeDay(context, day, () => endOf(day));
      }
      if (isListProved && isPositionProved && !isStartWritten) {
        isStartWritten = true;
        await repo.recordReconciliation(accountId, { kind: 'startup', startedAt });
      }
    } catch (error) {
      log.warn({ err: error }, 'reconciliation failed');
    } finally {
      isRunning = false;
      arm();
    }
  }

  /** Rows as they are after the read, so that an order answered meanwhile is not taken for a stranger's. */
  const ordersOf = async (day: TradingDay, scope: Scope) =>
    (await repo.activeOrders(accountId)).filter((order) => order.orderDay === day && (scope === null || order.symbol === scope));

  async function readLists(): Promise<void> {
    const symbols = schedule.due(active());
    const scopes = symbols === null ? [null] : inquiry.scopesFor(today(clock), symbols);
    for (const scope of scopes) await readList(scope);
  }

  async function readList(scope: Scope): Promise<void> {
    const beganAt = new Date(clock.wall());
    const began = clock.monotonic();
    schedule.began(scope, active());
    const isShown = (order: OrderRow) => order.status !== 'pending' && (scope === null || order.symbol === scope);
    const days = new Set([today(clock), ...active().flatMap((order) => (isShown(order) && order.orderDay ? [order.orderDay] : []))]);
    let isWhole = true;
    for (const day of days) {
      try {
        const snapshot = await inquiry.read(day, scope);
        const orders = await ordersOf(day, scope);
        const isTold = reconciler.isListBlind() && orders.some((order) => notices.toldFor(order) !== null);
        if ((await reconciler.apply(snapshot, orders)) || isTold) {
          wantsHoldings = true;
          onChange();
        }
      } catch (error) {
        isWhole = false; // a failed read is not an empty list
        log.warn({ err: error, day }, 'list not reconciled');
      }
    }
    if (!isWhole) {
      clock.after(TIMING.pollMs, () => soon(scope));
      return;
    }
    if (scope !== null) return;
    if (!isListProved) {
      isListProved = true;
      onChange();
    }
    if (began - listWrittenAt >= TIMING.idleInquiryMs) {
      listWrittenAt = began; // not when it was whole: a quicker read would then miss its turn
      await repo.recordReconciliation(accountId, { kind: 'orders', startedAt: beganAt, detail: { days: days.size } });
    }
  }

  async function readHoldings(): Promise<void> {
    wantsHoldings = false;
    const askedAt = new Date(clock.wall());
    const balance = await holdings.sync(active()[0]?.symbol ?? null);
    holdingsAt = clock.monotonic();
    if (balance === null) {
      clock.after(TIMING.pollMs, () => {
        wantsHoldings = true;
        arm();
      });
      return;
    }
    if (reconciler.isListBlind()) {
      const orders = await repo.activeOrders(accountId);
      const isBooked = await bookNoticeFills(context, { orders, holdings: balance.holdings, desk: notices });
      if (isBooked) onChange();
    }
    if (!isPositionProved) {
      isPositionProved = true;
      onChange();
    }
    if (holdingsAt - comparedAt < TIMING.balanceMs) return; // after each fill the holdings, but the account as a whole only so often
    comparedAt = holdingsAt; // the next turn comes that long after it
    await repo.recordReconciliation(accountId, { kind: 'positions', startedAt: askedAt, detail: { holdings: balance.holdings.length } });
    const { cashD2, feesAndTaxToday: costs = null } = balance;
    const cash = await repo.checkCash(accountId, { day: today(clock), cashD2, costs, asOf: askedAt, isClose: false });
    const result = Math.abs(cash.difference) > cash.tolerance ? 'differs' : 'agreed';
    await repo.recordReconciliation(accountId, { kind: 'cash', startedAt: askedAt, result, detail: cash });
  }

  /** The day's list whole, and what it left over ended. Only a list that shows the day's orders proves that one of ours is not among them. */
  async function endOf(day: TradingDay): Promise<{ rows: number; expired: number }> {
    const snapshot = await inquiry.read(day, null);
    await reconciler.apply(snapshot, await ordersOf(day, null));
    const expired = (await repo.expireDay(accountId, day, snapshot.rows.length > 0 && !reconciler.isListBlind())) ?? 0;
    onChange();
    return { rows: snapshot.rows.length, expired };
  }

  /** After the close and one more look at the list, what is left over has expired. */
  async function expireLeftovers(): Promise<void> {
    expiredAt = clock.monotonic();
    const limit = clock.wall() - TIMING.expireGraceMs;
    const isOver = ({ expiresAt }: OrderRow) => expiresAt !== null && expiresAt.getTime() < limit;
    const days = new Set(active().flatMap((order) => (isOver(order) && order.orderDay ? [order.orderDay] : [])));
    for (const day of days) log.info({ day, ...(await endOf(day)) }, 'session ended');
  }

  return {
    soon,
    arm,
    isClean: () => isListProved && isPositionProved,
    idle: () => round,
    stop() {
      stopped = true;
      callOff();
    },
  };
}
