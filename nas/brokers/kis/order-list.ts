import type { Side, Symbol, TradingDay } from '#domain/order/order.ts';
import { AppError } from '#lib/errors.ts';
import type { Log } from '#lib/log.ts';
import type { BrokerOrder } from '#nas/brokers/port.ts';
import { withCancelsOfRequests } from './cancel-rows.ts';
import type { KisClient } from './client.ts';
import { type KisClock, seoulParts } from './clock.ts';
import { toOrder, understood } from './parse.ts';
import { type OrdersAnswer, ordersAnswer } from './schemas.ts';
import { type KisEnvironment, PATHS, TR_IDS } from './tr-ids.ts';

interface OrderFilter {
  readonly symbol?: Symbol | undefined;
  readonly side?: Side | undefined;
  readonly isUrgent?: boolean | undefined;
}
interface ListDeps {
  readonly client: KisClient;
  readonly environment: KisEnvironment;
  readonly account: Readonly<Record<string, string>>;
  readonly codeOf: (symbol: Symbol) => string;
  readonly clock: KisClock;
  readonly log: Log;
  /** False when this paper account is known to answer fills without rows. */
  readonly hasRows: boolean;
}

/** Reads of a list whose rows moved between its pages, before it is given up. */
const MOST_READS = 3;

/** A day's orders, whole or not at all, and whether this account's list has rows (KIS reference §3.6). */
export function createOrderList({ client, environment, account, codeOf, clock, log, hasRows: expectRows }: ListDeps) {
  const trIds = TR_IDS[environment];
  let hasRows = expectRows;
  let rowsSeenOn: TradingDay | null = null;

  async function readOnce(day: TradingDay, filter: OrderFilter) {
    const date = day.replaceAll('-', '');
    const pages = await client.readPages({
      path: PATHS.orders,
      trId: isOlderThanThreeMonths(day, clock.now()) ? trIds.ordersOlder : trIds.ordersRecent,
      query: {
        ...account,
        INQR_STRT_DT: date,
        INQR_END_DT: date,
        SLL_BUY_DVSN_CD: filter.side === undefined ? '00' : filter.side === 'sell' ? '01' : '02',
        PDNO: filter.symbol ? codeOf(filter.symbol) : '',
        ORD_GNO_BRNO: '',
        ODNO: '',
        CCLD_DVSN: '00', // filled and unfilled
        INQR_DVSN: '01', // oldest first: orders made between two pages come at the end and move none
        INQR_DVSN_1: '',
        INQR_DVSN_3: '00',
        EXCG_ID_DVSN_CD: environment === 'real' ? 'ALL' : 'KRX',
      },
      schema: ordersAnswer,
      lane: filter.isUrgent ? 'in_flight' : 'reconcile',
    });
    const warn = (field: string, value: string) => log.warn({ field, value: value.slice(0, 8) }, 'kis code unknown');
    const told = understood(PATHS.orders, () => pages.flatMap((page) => page.output1.map((row) => toOrder(row, warn))));
    const orders = uniqueOrders(told);
    const totals = pages.at(-1)?.output2 ?? null;
    // Rows of a single page cannot have moved; of several they may have, unless the totals agree with them.
    const isProved = pages.length === 1 || (told.length === orders.length && totals !== null && agrees(orders, totals));
    return { orders, totals, isProved };
  }

  /** The measured paper defect: fills in the totals, no row to show them. */
  function noteRows(day: TradingDay, orders: readonly BrokerOrder[], totals: OrdersAnswer['output2']): void {
    if (orders.length > 0) {
      if (!hasRows) log.info('kis order list has rows again');
      hasRows = true;
      rowsSeenOn = day;
      return;
    }
    if (!totals || totals.tot_ccld_qty === 0) return;
    if (environment === 'real' || rowsSeenOn === day) {
      throw new AppError('broker_unavailable', 'KIS told fills without their orders', {
        detail: { path: PATHS.orders, code: 'ROWS_MISSING' },
      });
    }
    if (hasRows) log.warn('kis order list has no rows: fills are proved by notices and holdings');
    hasRows = false;
  }

  /** Rows that move between pages are neither lost nor doubled: then two reads must tell the same orders. */
  async function readList(day: TradingDay, filter: OrderFilter): Promise<readonly BrokerOrder[]> {
    let before: readonly BrokerOrder[] | null = null;
    for (let read = 1; read <= MOST_READS; read++) {
      const { orders, totals, isProved } = await readOnce(day, filter);
      if (filter.symbol && orders.length === 0 && totals && totals.tot_ccld_qty > 0) {
        // Whether a filtered list's totals are filtered as well is not documented: these fills may be another symbol's.
        const { symbol, ...rest } = filter;
        return (await readList(day, rest)).filter((order) => order.symbol === symbol);
      }
      noteRows(day, orders, totals);
      if (isProved || (before && isSameSet(before, orders))) return withCancelsOfRequests(orders);
      before = orders;
    }
    throw new AppError('broker_unavailable', 'KIS told another list of orders each time', {
      detail: { path: PATHS.orders, code: 'PAGES_SHIFT' },
    });
  }

  return {
    hasRows: () => hasRows,
    /** Every order of the day that the filter lets through. */
    read: readList,
  };
}

/** Whether KIS counts cancels in the ordered total is not documented: either sum will do. */
function agrees(orders: readonly BrokerOrder[], totals: NonNullable<OrdersAnswer['output2']>): boolean {
  const sum = (of: (order: BrokerOrder) => number): number => orders.reduce((total, order) => total + of(order), 0);
  const all = sum((order) => order.quantity);
  const withoutCancels = sum((order) => (order.originalOrderId !== null && order.limitPrice === null ? 0 : order.quantity));
  return (
    totals.tot_ccld_qty === sum((order) => order.cumQuantity) &&
    totals.tot_ccld_amt === sum((order) => order.cumAmount) &&
    (totals.tot_ord_qty === all || totals.tot_ord_qty === withoutCancels)
  );
}

const keyOf = (order: BrokerOrder): string => `${order.branch}|${order.brokerOrderId}`;

function isSameSet(one: readonly BrokerOrder[], other: readonly BrokerOrder[]): boolean {
  const keys = new Set(one.map(keyOf));
  return one.length === other.length && other.every((order) => keys.has(keyOf(order)));
}

/** An order on two pages (it changed while we read) is told once, in its later state. */
function uniqueOrders(orders: readonly BrokerOrder[]): BrokerOrder[] {
  const byKey = new Map<string, BrokerOrder>();
  for (const order of orders) {
    const before = byKey.get(keyOf(order));
    if (!before || before.cumQuantity <= order.cumQuantity) byKey.set(keyOf(order), order);
  }
  return [...byKey.values()];
}

/** KIS keeps three months under one TR and everything older under another. */
function isOlderThanThreeMonths(day: TradingDay, now: number): boolean {
  const { date } = seoulParts(now);
  const limit = new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 4, Number(date.slice(6, 8))));
  return day < limit.toISOString().slice(0, 10);
}
