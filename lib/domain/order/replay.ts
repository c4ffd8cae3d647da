import { z } from 'zod';
import { type OrderStatus, orderStatus } from './order.ts';
import { canMove, isFinal } from './transitions.ts';

/** One event of the chain, in the stored words. */
export interface LedgerEvent {
  readonly seq: number;
  readonly orderId: string;
  readonly type: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly payload: unknown;
}

/** What the events alone say of an order; the row must say the same. */
export interface ReplayedOrder {
  readonly status: OrderStatus;
  readonly cumQuantity: number;
  readonly cumAmount: number;
  readonly cancelledQuantity: number;
  readonly brokerOrderId: string | null;
}

/** `gap`: the event does not begin where the one before ended. `illegal_move`: no such step exists. `bad_payload`: a number it must carry is missing. */
export type ReplayFault = 'gap' | 'illegal_move' | 'bad_payload';
export type Replayed = { readonly ok: true; readonly order: ReplayedOrder } | { readonly ok: false; readonly fault: ReplayFault };

const UNBORN = { cumQuantity: 0, cumAmount: 0, cancelledQuantity: 0, brokerOrderId: null };
const numbered = z.object({ broker_order_id: z.string().min(1) });
const filled = z.object({ cum_quantity: z.int().nonnegative(), cum_amount: z.int().nonnegative().nullable() });
const cancelled = z.object({ cancelled_quantity: z.int().nonnegative() });

/**
 * The order after one more event; null before its first. `quantity` is what was ordered, which never changes. Events that only tell
 * something (a notice, evidence, a page) leave the figures as they are.
 */
export function replayEvent(before: ReplayedOrder | null, event: LedgerEvent, quantity: number): Replayed {
  const to = orderStatus.safeParse(event.to);
  if (event.from !== (before?.status ?? null)) return { ok: false, fault: 'gap' };
  if (!to.success || (before && to.data !== before.status && !canMove(before.status, to.data))) return { ok: false, fault: 'illegal_move' };
  const moved: ReplayedOrder = { ...(before ?? UNBORN), status: to.data };
  const withFacts = applyFacts(moved, before, event, quantity);
  if (!withFacts) return { ok: false, fault: 'bad_payload' };
  return { ok: true, order: withFacts };
}

function applyFacts(order: ReplayedOrder, before: ReplayedOrder | null, event: LedgerEvent, quantity: number): ReplayedOrder | null {
  switch (event.type) {
    case 'adopted':
    case 'accepted': {
      const facts = numbered.safeParse(event.payload);
      return facts.success ? { ...order, brokerOrderId: facts.data.broker_order_id } : null;
    }
    case 'seen_working': {
      const facts = numbered.safeParse(event.payload);
      // All its rest works again.
      return facts.success ? { ...order, brokerOrderId: facts.data.broker_order_id, cancelledQuantity: 0 } : null;
    }
    case 'filled': {
      const facts = filled.safeParse(event.payload);
      return facts.success ? fill(order, facts.data, quantity, before) : null;
    }
    // What a part taken back adds up to, and what is left of it when a change turned out to be of fewer shares.
    case 'partly_cancelled':
    case 'resized': {
      const facts = cancelled.safeParse(event.payload);
      return facts.success ? { ...order, cancelledQuantity: facts.data.cancelled_quantity } : null;
    }
    case 'held_back':
      return { ...order, cancelledQuantity: quantity };
    case 'cancelled': {
      // The broker said how much. Without that, all the rest: the order was never sent.
      const facts = cancelled.safeParse(event.payload);
      return { ...order, cancelledQuantity: facts.success ? facts.data.cancelled_quantity : quantity - order.cumQuantity };
    }
    default:
      return order;
  }
}

/** The figures grow only. An order that comes back works again for all its rest: what was told of its cancel was wrong. */
function fill(order: ReplayedOrder, told: z.infer<typeof filled>, quantity: number, before: ReplayedOrder | null): ReplayedOrder {
  const isReopened = before !== null && isFinal(before.status) && !isFinal(order.status);
  return {
    ...order,
    cumQuantity: told.cum_quantity,
    cumAmount: Math.max(order.cumAmount, told.cum_amount ?? 0),
    cancelledQuantity: isReopened ? 0 : Math.min(order.cancelledQuantity, quantity - told.cum_quantity),
  };
}
