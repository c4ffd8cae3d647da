import type { TickTable } from '#domain/market/ticks.ts';
import { roundTrigger, type StopKind, stopLevels } from '#domain/risk/stop-levels.ts';

/** A stop as the watcher holds it. Won a share, whole and on the tick. */
export interface ArmedStop {
  readonly kind: StopKind;
  /** Null: a trailing stop that has seen no price yet. */
  readonly trigger: number | null;
  /** Highest price seen since it was armed; only a trailing stop reads it. */
  readonly highWater: number;
  /** Fraction below the high water; null but for a trailing stop. */
  readonly trailRate: number | null;
}

/** A price somebody traded at. */
export interface SeenPrice {
  readonly price: number;
  /** Seconds since it was traded or fetched, by our clock. */
  readonly ageSeconds: number;
  /** False in phases in which no order of ours could be sent (before and after the main session). */
  readonly isSendable: boolean;
}

/** What a print does to a stop. `refused`: it may neither raise nor fire anything, and why. */
export type StopVerdict =
  | { readonly kind: 'keep' | 'fire'; readonly stop: ArmedStop }
  | { readonly kind: 'refused'; readonly reason: 'stale' | 'outside_limits' | 'no_session' };

/** A price older than this says nothing about now (the gate's own age of a socket). */
export const STOP_PRICE_SECONDS = 15;

/**
 * Tests one price against one stop. A stop that was gapped through fires at once; the high water only rises; a stale price, one
 * outside today's limits (a split, a bad print) or one of a session we cannot send in changes nothing.
 */
export function testStop(
  stop: ArmedStop,
  seen: SeenPrice,
  day: { readonly limits: { readonly upper: number; readonly lower: number } | null; readonly bands: TickTable },
): StopVerdict {
  if (!(Math.abs(seen.ageSeconds) <= STOP_PRICE_SECONDS)) return { kind: 'refused', reason: 'stale' };
  if (!seen.isSendable) return { kind: 'refused', reason: 'no_session' };
  const { limits, bands } = day;
  if (!(seen.price > 0) || (limits && (seen.price > limits.upper || seen.price < limits.lower)))
    return { kind: 'refused', reason: 'outside_limits' };
  const { trigger } = stop;
  const isHit = trigger !== null && (stop.kind === 'take_profit' ? seen.price >= trigger : seen.price <= trigger);
  if (isHit) return { kind: 'fire', stop };
  return { kind: 'keep', stop: stop.trailRate === null ? stop : raised(stop, stop.trailRate, seen.price, bands) };
}

function raised(stop: ArmedStop, trailing: number, price: number, bands: TickTable): ArmedStop {
  if (price <= stop.highWater) return stop;
  const rates = { loss: null, profit: null, atrDistance: null, trailing };
  const [level] = stopLevels(rates, { entryPrice: price, highWater: price });
  // What would fall below the cheapest tick has no level yet.
  const trigger = level ? roundTrigger(level.level, 'down', bands) : 0;
  return { ...stop, highWater: price, trigger: Math.max(stop.trigger ?? 0, trigger) || null };
}
