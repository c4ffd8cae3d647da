import type { TickTable } from '#domain/market/ticks.ts';
import { roundTrigger } from '#domain/risk/stop-levels.ts';
import type { StopView, StopWish } from '#lib/db/stops.ts';

export type PersonStopKind = StopWish['kind'];

/** A stop that still protects, sells or waits for its owner. */
export const isStanding = ({ state }: Pick<StopView, 'state'>): boolean => state === 'armed' || state === 'fired' || state === 'paused';

/** How far the price has to go to the trigger, as a fraction of the price; negative below it. Null without a trigger or a price. */
export function distanceTo(trigger: number | null, price: number | null | undefined): number | null {
  return trigger === null || !price ? null : trigger / price - 1;
}

/** The trigger a share of the price away, on the tick: stops below, targets above. */
export function triggerAt(kind: 'stop_loss' | 'take_profit', price: number, share: number, bands: TickTable): number {
  const isTarget = kind === 'take_profit';
  return Math.max(1, roundTrigger(price * (isTarget ? 1 + share : 1 - share), isTarget ? 'up' : 'down', bands));
}

/** What keeps a plan from being set; each has a sentence under `positions.stop.why`. The database decides. */
export type PlanFault = 'no_price' | 'passed' | 'no_rate' | 'no_quantity';

export function planFault(plan: {
  readonly kind: PersonStopKind;
  readonly trigger: number | null;
  readonly rate: number | null;
  readonly quantity: number | null;
  readonly held: number;
  readonly price: number;
}): PlanFault | null {
  const { kind, trigger, rate, quantity, held, price } = plan;
  if (kind === 'trailing') {
    if (rate === null || rate < 0.001 || rate > 0.9) return 'no_rate';
  } else if (trigger === null || trigger < 1) {
    return 'no_price';
  } else if (kind === 'stop_loss' ? trigger >= price : trigger <= price) {
    return 'passed';
  }
  return quantity === null || quantity < 1 || quantity > held ? 'no_quantity' : null;
}
