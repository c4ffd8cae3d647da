import { type LedgerEvent, type ReplayedOrder, type ReplayFault, replayEvent } from '#domain/order/replay.ts';
import { isFinal } from '#domain/order/transitions.ts';

interface OrderFigures extends Omit<ReplayedOrder, 'status'> {
  readonly id: string;
  readonly status: string;
  /** Sums of the order's executions. */
  readonly bookedQuantity: number;
  readonly bookedAmount: number;
  readonly isHeld: boolean;
  /** A replacement the broker has not taken: its parent holds for both. */
  readonly waitsForParent: boolean;
}
interface Ledger {
  chainFaults(): Promise<readonly { readonly seq: number; readonly orderId: string | null; readonly fault: string }[]>;
  orders(): Promise<readonly OrderFigures[]>;
  events(): AsyncIterable<LedgerEvent>;
}

/** One contradiction. A fault of the chain comes as SQL names it; `row_differs` lists the fields where replay and row differ. */
export interface LedgerFinding {
  readonly fault: ReplayFault | 'event_of_no_order' | 'order_without_events' | 'row_differs' | (string & {});
  readonly seq: number | null;
  readonly orderId: string | null;
  readonly detail?: string;
}
export interface LedgerVerdict {
  readonly events: number;
  readonly orders: number;
  readonly findings: readonly LedgerFinding[];
}

/** Walks the chain, replays every order from its events alone and compares the result with the rows. */
export async function verifyLedger(ledger: Ledger): Promise<LedgerVerdict> {
  const findings: LedgerFinding[] = [...(await ledger.chainFaults())];
  const rows = new Map((await ledger.orders()).map((row) => [row.id, row]));
  const replayed = new Map<string, ReplayedOrder>();
  const broken = new Set<string>();
  let events = 0;
  for await (const event of ledger.events()) {
    events += 1;
    const row = rows.get(event.orderId);
    if (broken.has(event.orderId)) continue;
    const next = row
      ? replayEvent(replayed.get(event.orderId) ?? null, event, row.quantity)
      : ({ ok: false, fault: 'event_of_no_order' } as const);
    if (next.ok) replayed.set(event.orderId, next.order);
    else {
      broken.add(event.orderId); // what follows would only repeat it
      findings.push({
        fault: next.fault,
        seq: event.seq,
        orderId: event.orderId,
        detail: `${event.type} ${event.from ?? '-'}→${event.to ?? '-'}`,
      });
    }
  }
  for (const row of rows.values()) {
    const order = replayed.get(row.id);
    if (broken.has(row.id)) continue;
    if (!order) findings.push({ fault: 'order_without_events', seq: null, orderId: row.id });
    else {
      const differences = compare(order, row);
      if (differences.length > 0) findings.push({ fault: 'row_differs', seq: null, orderId: row.id, detail: differences.join(', ') });
    }
  }
  return { events, orders: rows.size, findings };
}

function compare(order: ReplayedOrder, row: OrderFigures): string[] {
  const pairs: readonly (readonly [name: string, events: unknown, row: unknown])[] = [
    ['status', order.status, row.status],
    ['quantity', order.quantity, row.quantity],
    ['cum_quantity', order.cumQuantity, row.cumQuantity],
    ['cum_amount', order.cumAmount, row.cumAmount],
    ['cancelled_quantity', order.cancelledQuantity, row.cancelledQuantity],
    ['replaced_quantity', order.replacedQuantity, row.replacedQuantity],
    ['broker_order_id', order.brokerOrderId, row.brokerOrderId],
    ['executions.quantity', order.cumQuantity, row.bookedQuantity],
    ['executions.amount', order.cumAmount, row.bookedAmount],
    ['reservation', !row.waitsForParent && !isFinal(order.status), row.isHeld],
  ];
  return pairs.filter(([, told, stored]) => told !== stored).map(([name, told, stored]) => `${name}: events ${told}, row ${stored}`);
}
