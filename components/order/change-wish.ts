import type { TickTable } from '#domain/market/ticks.ts';
import { leavesOf } from '#domain/order/order.ts';
import type { InstrumentView } from '#lib/db/market.ts';
import type { OrderView } from '#lib/db/orders.ts';
import { type PriceFault, priceFault } from './ticket-price.ts';

export type ChangeMode = 'price' | 'cancel';
/** Why the button is off; each has a sentence under `changeOrder.why`. */
export type ChangeBlocked = 'no_price' | 'same_price' | 'price_fault' | 'no_quantity' | 'over_remainder';

export interface TypedChange {
  readonly mode: ChangeMode;
  readonly price: number | null;
  /** Null for all that is left. */
  readonly quantity: number | null;
}

/** An order at work that nothing else is about to change. The database decides; this only hides what it would refuse. */
export function canChange(order: OrderView): boolean {
  return (order.status === 'accepted' || order.status === 'partially_filled') && order.cancelRequestedAt === null && leavesOf(order) > 0;
}

/** What stands against a change as typed, or null. A part must be named to be cancelled: a cancel of everything has its own button. */
export function changeFault(
  order: OrderView,
  typed: TypedChange,
  market: { readonly instrument: InstrumentView; readonly bands: TickTable },
): { readonly blocked: ChangeBlocked; readonly fault: PriceFault | null } | null {
  const because = (blocked: ChangeBlocked, fault: PriceFault | null = null) => ({ blocked, fault });
  if (typed.mode === 'cancel' && !typed.quantity) return because('no_quantity');
  if (typed.quantity !== null && (typed.quantity < 1 || typed.quantity > leavesOf(order))) return because('over_remainder');
  if (typed.mode === 'cancel') return null;
  if (typed.price === null) return because('no_price');
  if (order.priceType === 'limit' && typed.price === order.price) return because('same_price');
  const fault = priceFault(typed.price, market.instrument, market.bands);
  return fault ? because('price_fault', fault) : null;
}
