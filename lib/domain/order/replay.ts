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
  /** What was ordered; smaller when a change of "whatever is left" moved less than it asked for. */
  readonly quantity: number;
  /** Shares that went on in replacements. */
  readonly replacedQuantity: number;
  readonly cumQuantity: number;
  readonly cumAmount: number;
  readonly cancelledQuantity: number;
  readonly brokerOrderId: string | null;
}

/** `gap`: the event does not begin where the one before ended. `illegal_move`: no such step exists. `bad_payload`: a number it must carry is missing. */
export type ReplayFault = 'gap' | 'illegal_move' | 'bad_payload';
export type Replayed = { readonly ok: true; readonly order: ReplayedOrder } | { readonly ok: false; readonly fault: ReplayFault };

const UNBORN = { replacedQuantity: 0, cumQuantity: 0, cumAmount: 0, cancelledQuantity: 0, brokerOrderId: null };
const numbered = z.object({ broker_order_id: z.string().min(1) });
const filled = z.object({ cum_quantity: z.int().nonnegative(), cum_amount: z.int().nonnegative().nullable() });
const cancelled = z.object({ cancelled_quantity: z.int().nonnegative() });
const resized = z.object({ quantity: z.int().positive() });

/**
 * The order after one more event; null before its first. `quantity` is what the row says was ordered, for first events that do not
 * say it. Events that only tell something (a notice, evidence, a page) leave the figures as they are.
 */
export function replayEvent(before: ReplayedOrder | null, event: LedgerEvent, quantity: number): Replayed {
  const to = orderStatus.safeParse(event.to);
  if (event.from !== (before?.status ?? null)) return { ok: false, fault: 'gap' };
  if (!to.success || (before && to.data !== before.status && !canMove(before.status, to.data))) return { ok: false, fault: 'illegal_move' };
  const moved: ReplayedOrder = { ...(before ?? { ...UNBORN, quantity }), status: to.data };
  const withFacts = applyFacts(moved, before, event);
  if (!withFacts) return { ok: false, fault: 'bad_payload' };
  return { ok: true, order: withFacts };
}

function applyFacts(order: ReplayedOrder, before: ReplayedOrder | null, event: LedgerEvent): ReplayedOrder | null {
  switch (event.type) {
    case 'placed': {
      const facts = resized.safeParse(event.payload);
      return facts.success ? { ...order, quantity: facts.data.quantity } : null;
    }
    case 'adopted':
    case 'accepted': {
      const facts = numbered.safeParse(event.payload);
      return facts.success ? { ...order, brokerOrderId: facts.data.broker_order_id } : null;
    }
    case 'seen_working': {
      const facts = numbered.safeParse(event.payload);
      // All its rest works again.
      return facts.success ? { ...order, brokerOrderId: facts.data.broker_order_id, cancelledQuantity: 0, replacedQuantity: 0 } : null;
    }
    case 'filled': {
      const facts = filled.safeParse(event.payload);
      return facts.success ? fill(order, facts.data, before) : null;
    }
    case 'held_back':
      return { ...order, cancelledQuantity: order.quantity };
    case 'partly_cancelled':
    case 'cancelled': {
      const facts = cancelled.safeParse(event.payload);
      if (facts.success) return { ...order, cancelledQuantity: facts.data.cancelled_quantity };
      // The broker said how much. Without that, all the rest: the order was never sent.
      return event.type === 'cancelled' ? { ...order, cancelledQuantity: order.quantity - order.cumQuantity } : null;
    }
    case 'partly_replaced':
    case 'replaced': {
      const facts = resized.safeParse(event.payload);
      return facts.success ? { ...order, replacedQuantity: order.replacedQuantity + facts.data.quantity } : order; // changed elsewhere: it does not say
    }
    case 'change_shrunk': // the others had filled here before the change arrived
    case 'change_undone': {
      const facts = resized.safeParse(event.payload);
      return facts.success ? { ...order, replacedQuantity: order.replacedQuantity - facts.data.quantity } : order;
    }
    case 'resized': {
      const facts = resized.and(cancelled).safeParse(event.payload);
      if (!facts.success) return null;
      const replacedQuantity = Math.min(order.replacedQuantity, facts.data.quantity - order.cumQuantity);
      return { ...order, quantity: facts.data.quantity, cancelledQuantity: facts.data.cancelled_quantity, replacedQuantity };
    }
    default:
      return order;
  }
}

/** The figures grow only. An order that comes back works again for all its rest: what was told of its cancel was wrong. */
function fill(order: ReplayedOrder, told: z.infer<typeof filled>, before: ReplayedOrder | null): ReplayedOrder {
  const isReopened = before !== null && isFinal(before.status) && !isFinal(order.status);
  const rest = order.quantity - told.cum_quantity;
  const replacedQuantity = Math.min(order.replacedQuantity, rest);
  return {
    ...order,
    cumQuantity: told.cum_quantity,
    cumAmount: Math.max(order.cumAmount, told.cum_amount ?? 0),
    replacedQuantity,
    cancelledQuantity: isReopened ? 0 : Math.max(Math.min(order.cancelledQuantity, rest - replacedQuantity), 0),
  };
}
