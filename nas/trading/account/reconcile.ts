import { type AbsenceEvidence, judgeAbsence, judgeCandidates, newCandidates } from '#domain/order/fingerprint.ts';
import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import type { LinkedOrder, SubmitAttempt } from '#lib/db/fleet/trading.ts';
import type { BrokerOrder } from '#nas/brokers/port.ts';
import { seoul } from '#nas/runtime/clock.ts';
import { TIMING } from '../timing.ts';
import { type Changes, changesIn } from './changes.ts';
import { type AccountContext, persist } from './context.ts';
import type { Snapshot } from './inquiry.ts';
import { soughtOf } from './submit.ts';

/** The broker's clock is read from `Date` headers in whole seconds; this much earlier is still "not before the send". */
const CLOCK_TOLERANCE_MS = 3_000;

/** An order this old must be in the list. */
const BLIND_AFTER_MS = 5_000;

/** What we have seen of an order while its outcome is unknown. Begins anew after a restart. */
interface Search {
  firstQueryAt: number | null;
  lastQueryAt: number;
  cleanQueries: number;
  noticesUp: boolean;
}

export interface Reconciler {
  /** Compares one complete list with our orders of that day; true when something was filled or ended. */
  apply(snapshot: Snapshot, orders: readonly LinkedOrder[]): Promise<boolean>;
  /** True while the list has no rows although orders of ours must be in it (KIS paper): then it proves neither fills nor absence. */
  isListBlind(): boolean;
  /** The notice socket died: absence can no longer be proved by silence. */
  noticesDown(): void;
}

export interface ReconcilerOptions {
  readonly context: AccountContext;
  isNoticeStreamLive(): boolean;
  /** Cash or shares equal what the ledger predicts without this order. */
  ledgerAgrees(order: OrderRow): Promise<boolean>;
  /** What a filtered list does not show is looked for in the whole one. */
  wantWholeList(): void;
  /** True once the session the order was made for is over. */
  sessionEnded(order: OrderRow): boolean;
}

/** Turns the broker's list into facts about our orders. It never sends anything and never calls an ambiguous outcome a failure. */
export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { context } = options;
  const { repo, broker, clock, log } = context;
  const searches = new Map<string, Search>();
  const strangers = new Map<string, number>();
  const cancelSeenAt = new Map<string, number>();
  const misfits = new Set<string>();
  let isBlind = !broker.capabilities.inquiryRows;

  async function settleKnown(given: OrderRow, row: BrokerOrder, snapshot: Snapshot, changes: Changes): Promise<boolean> {
    let order = given;
    let changed = false;
    if (order.replacesWhole && row.quantity < order.quantity) {
      // The rest had filled under its parent before the change arrived.
      await persist(context, 'size of a change', () => repo.resize(order.id, row.quantity));
      order = { ...order, quantity: row.quantity };
      changed = true;
    }
    if (row.cumQuantity > order.cumQuantity) {
      const cum = { quantity: row.cumQuantity, amount: row.cumAmount, basis: 'inquiry' as const, asOf: snapshot.asOf };
      await persist(context, 'fills', () => repo.applyCum(order.id, cum));
      changed = true;
    }
    const cancelledQuantity = changes.cancelledOf(row);
    if (row.leavesQuantity > 0 && cancelledQuantity > order.cancelledQuantity) {
      await persist(context, 'part taken back', () => repo.applyCancelled(order.id, cancelledQuantity, 'inquiry'));
      cancelSeenAt.delete(order.id);
      return true;
    }
    const rest = order.quantity - row.cumQuantity - Math.max(order.replacedQuantity, changes.movedFrom(row.brokerOrderId));
    if (row.leavesQuantity > 0 || rest <= 0) {
      if (row.leavesQuantity > 0 && order.status === 'cancel_pending') await fadeCancel(order, snapshot);
      return changed; // what has moved on is told by the order that took it over
    }
    // Nothing is left to trade and not everything was filled: the rest was cancelled, or refused by the exchange.
    const isRefused = row.rejectedQuantity > 0 && row.cumQuantity === 0 && cancelledQuantity === 0;
    const facts = { cumQuantity: row.cumQuantity, cancelledQuantity, rejectedQuantity: row.rejectedQuantity };
    if (!isRefused && cancelledQuantity === 0 && row.rejectedQuantity === 0) return changed; // the list is between two states
    await persist(context, 'end of an order', () =>
      repo.settle(order.id, isRefused ? 'rejected' : 'cancelled', isRefused ? 0 : rest, 'inquiry', facts),
    );
    cancelSeenAt.delete(order.id);
    return true;
  }

  /** A cancel nobody confirmed and that had no effect: the order works on. */
  async function fadeCancel(order: OrderRow, snapshot: Snapshot): Promise<void> {
    const since = cancelSeenAt.get(order.id) ?? snapshot.startedAt;
    cancelSeenAt.set(order.id, since);
    if (snapshot.startedAt - since < TIMING.cancelFadesMs) return;
    cancelSeenAt.delete(order.id);
    await persist(context, 'cancel without effect', () =>
      repo.settle(order.id, 'previous', 0, 'reconciler', { reason: 'cancel_without_effect' }),
    );
  }

  async function lookFor(
    order: LinkedOrder,
    attempt: SubmitAttempt | undefined,
    free: readonly BrokerOrder[],
    snapshot: Snapshot,
    changes: Changes,
  ): Promise<boolean> {
    const candidates = newCandidates({
      order: soughtOf(order),
      baseline: attempt?.baseline ?? [],
      brokerOrders: free,
      sentAfter: sentAfter(attempt),
    });
    const verdict = judgeCandidates(candidates);
    const search = searches.get(order.id) ?? {
      firstQueryAt: null,
      lastQueryAt: 0,
      cleanQueries: 0,
      noticesUp: options.isNoticeStreamLive(),
    };
    searches.set(order.id, search);
    if (verdict.kind === 'adopt') {
      const { brokerOrderId, branch, orderTime } = verdict.order;
      const evidence = { brokerOrderId, orderTime, baseline: attempt?.baseline.length ?? 0, queries: search.cleanQueries };
      await persist(context, 'adoption', () => repo.adopt(order.id, { brokerOrderId, branch }, evidence));
      log.info({ orderId: order.id, brokerOrderId }, 'unknown order found at the broker');
      searches.delete(order.id);
      await settleKnown({ ...order, status: 'accepted', brokerOrderId }, verdict.order, snapshot, changes);
      return true;
    }
    if (verdict.kind === 'ambiguous') {
      const rows = verdict.orders.map(({ brokerOrderId, branch, orderTime, cumQuantity }) => ({
        brokerOrderId,
        branch,
        orderTime,
        cumQuantity,
      }));
      if (!order.hasCandidates) await persist(context, 'candidates', () => repo.setCandidates(order.id, rows));
      search.cleanQueries = 0;
      return false;
    }
    // What may have been missed while notices were down proves nothing: the minute begins anew.
    if (!search.noticesUp) Object.assign(search, { firstQueryAt: null, cleanQueries: 0, noticesUp: true });
    search.cleanQueries += 1;
    search.firstQueryAt ??= snapshot.startedAt;
    search.lastQueryAt = snapshot.startedAt;
    search.noticesUp &&= options.isNoticeStreamLive();
    return judgeGone(order, search, snapshot, changes);
  }

  async function judgeGone(order: LinkedOrder, search: Search, snapshot: Snapshot, changes: Changes): Promise<boolean> {
    const parent = order.parentNumber === null ? null : changes.sharesOf(order.parentNumber);
    // All its shares have filled under the old number: nothing was left to change.
    const isMoot = parent?.isFilled === true;
    const evidence: AbsenceEvidence = {
      cleanQueries: search.cleanQueries,
      firstQueryAtMs: search.firstQueryAt ?? search.lastQueryAt,
      lastQueryAtMs: search.lastQueryAt,
      candidates: 0,
      noticesUpThroughout: search.noticesUp,
      ledgerAgrees: true,
      inquiryRows: !isBlind,
      sessionEnded: options.sessionEnded(order),
    };
    // The ledger costs a call to the broker; it is asked only when nothing else is in doubt.
    const isUnseen = judgeAbsence(evidence).kind === 'absent';
    if (isUnseen && snapshot.scope !== null) options.wantWholeList();
    const isGone = isUnseen && snapshot.scope === null && (parent ? parent.isAccounted : await options.ledgerAgrees(order));
    if (!isMoot && !isGone) return false;
    const facts = {
      code: 'NOT_FOUND',
      queries: search.cleanQueries,
      spanMs: Math.round(evidence.lastQueryAtMs - evidence.firstQueryAtMs),
    };
    await persist(context, 'absence', () => repo.settle(order.id, 'rejected', 0, 'reconciler', facts));
    log.warn({ orderId: order.id, ...facts }, 'unknown order is not at the broker');
    searches.delete(order.id);
    return true;
  }

  function sentAfter(attempt: SubmitAttempt | undefined): { orderDay: string; orderTime: string } {
    const offset = broker.clockOffsetMs();
    if (!attempt || offset === null) return { orderDay: '', orderTime: '' }; // the baseline alone decides
    const at = seoul(attempt.startedAt.getTime() + offset - CLOCK_TOLERANCE_MS);
    return { orderDay: at.day, orderTime: at.time };
  }

  /** Orders made in HTS or MTS become rows of ours, once they cannot be an answer we are still waiting for. */
  async function adoptStrangers(
    free: readonly BrokerOrder[],
    isSomethingUnresolved: boolean,
    snapshot: Snapshot,
    changes: Changes,
  ): Promise<boolean> {
    let changed = false;
    for (const row of free) {
      // A cancel, or a change that was changed or cancelled in its turn: told by the order it changes.
      if (row.originalOrderId !== null && !changes.isLive(row)) continue;
      if (isSomethingUnresolved && row.isApiOrder) continue;
      const since = strangers.get(row.brokerOrderId);
      if (since === undefined) strangers.set(row.brokerOrderId, clock.monotonic());
      else if (clock.monotonic() - since >= TIMING.externalMs) {
        strangers.delete(row.brokerOrderId);
        await repo
          .adoptExternal(context.accountId, externalOf(row, changes.ancestorOf(row), snapshot))
          .catch((error) => log.error({ err: error }, 'order made elsewhere not adopted'));
        changed = true;
      }
    }
    return changed;
  }

  /** An order we had called absent shows up after all: the same row comes back to life, and it pages. */
  async function reopenLost(free: readonly BrokerOrder[], snapshot: Snapshot, changes: Changes): Promise<boolean> {
    if (!free.some((row) => row.isApiOrder)) return false;
    const lost = await repo.notFoundOrders(context.accountId, snapshot.day);
    const attempts = await attemptsOf(lost);
    let changed = false;
    for (const order of lost) {
      const attempt = attempts.get(order.id);
      if (!attempt) continue;
      const found = judgeCandidates(
        newCandidates({ order: soughtOf(order), baseline: attempt.baseline, brokerOrders: free, sentAfter: sentAfter(attempt) }),
      );
      if (found.kind !== 'adopt') continue;
      const { brokerOrderId, branch, orderTime } = found.order;
      await persist(context, 'late appearance', () => repo.adopt(order.id, { brokerOrderId, branch }, { brokerOrderId, orderTime }));
      log.error({ orderId: order.id, brokerOrderId }, 'order called absent is at the broker');
      await settleKnown({ ...order, status: 'accepted', brokerOrderId }, found.order, snapshot, changes);
      changed = true;
    }
    return changed;
  }

  async function attemptsOf(orders: readonly OrderRow[]): Promise<Map<string, SubmitAttempt>> {
    return new Map((await repo.submitAttempts(orders.map((order) => order.id))).map((attempt) => [attempt.orderId, attempt]));
  }

  return {
    async apply(snapshot, orders) {
      const numbers = await repo.knownNumbers(context.accountId, snapshot.day);
      const active = new Map(orders.flatMap((order) => (order.brokerOrderId ? [[order.brokerOrderId, order] as const] : [])));
      const free = snapshot.rows.filter((row) => !numbers.has(row.brokerOrderId));
      const changes = changesIn(snapshot.rows, numbers);
      const unknown = orders.filter((order) => order.status === 'unknown' && order.brokerOrderId === null);
      const attempts = await attemptsOf(unknown);
      if (snapshot.scope !== null) {
        const shown = new Set(snapshot.rows.map((row) => row.brokerOrderId));
        if (orders.some((order) => isOlderThan(order, snapshot) && !shown.has(order.brokerOrderId ?? ''))) options.wantWholeList();
      } else if (snapshot.rows.length > 0) isBlind = false;
      else if (orders.some((order) => isOlderThan(order, snapshot))) isBlind = true;
      let changed = false;
      for (const row of snapshot.rows) {
        const order = active.get(row.brokerOrderId);
        const known = numbers.get(row.brokerOrderId);
        if (known && (known.symbol !== row.symbol || known.side !== row.side)) {
          // A number settled by hand can be a wrong one: nothing of another symbol or side is ever booked on an order.
          if (!misfits.has(known.orderId))
            log.error({ orderId: known.orderId, brokerOrderId: row.brokerOrderId }, 'broker number belongs to another order');
          misfits.add(known.orderId);
        } else if (order) changed = (await settleKnown(order, row, snapshot, changes)) || changed;
        else if (known && row.cumQuantity > known.cumQuantity) {
          // Fills that overtook a cancel or an expiry still count.
          const cum = { quantity: row.cumQuantity, amount: row.cumAmount, basis: 'inquiry' as const, asOf: snapshot.asOf };
          await persist(context, 'late fills', () => repo.applyCum(known.orderId, cum));
          changed = true;
        }
      }
      for (const order of unknown) changed = (await lookFor(order, attempts.get(order.id), free, snapshot, changes)) || changed;
      const isSomethingUnresolved = orders.some((order) => order.status === 'submitting' || order.status === 'unknown');
      if (!isSomethingUnresolved) changed = (await reopenLost(free, snapshot, changes)) || changed;
      return (await adoptStrangers(free, isSomethingUnresolved, snapshot, changes)) || changed;
    },
    isListBlind: () => isBlind,
    noticesDown() {
      for (const search of searches.values()) search.noticesUp = false;
    },
  };
}

/** At the broker under a number since before the list was asked for. */
function isOlderThan(order: OrderRow, snapshot: Snapshot): boolean {
  return (
    order.brokerOrderId !== null && order.submittedAt !== null && snapshot.asOf.getTime() - order.submittedAt.getTime() > BLIND_AFTER_MS
  );
}

function externalOf(row: BrokerOrder, originalOrderId: string | null, snapshot: Snapshot): Record<string, unknown> {
  return {
    broker_order_id: row.brokerOrderId,
    original_order_id: originalOrderId,
    is_api: row.isApiOrder,
    broker_branch: row.branch,
    order_day: snapshot.day,
    order_time: row.orderTime,
    stock_code: row.symbol,
    side: row.side,
    quantity: row.quantity,
    price: row.limitPrice,
    price_type: row.priceType ?? 'limit',
    cum_quantity: row.cumQuantity,
    cum_amount: row.cumAmount,
    cancelled_quantity: row.cancelledQuantity,
    leaves_quantity: row.leavesQuantity,
  };
}
