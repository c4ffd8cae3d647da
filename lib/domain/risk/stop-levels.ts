import { ceilToTick, floorToTick, type TickTable } from '#domain/market/ticks.ts';

/** What protects a position: a loss, the fall from its high, a multiple of its ATR, or a profit to take. */
export const STOP_KINDS = ['stop_loss', 'trailing', 'atr', 'take_profit'] as const;
export type StopKind = (typeof STOP_KINDS)[number];

/** A strategy's stop rules; null where it has none. Rates are fractions, the ATR distance is won a share. */
export interface StopRates {
  readonly loss: number | null;
  readonly trailing: number | null;
  readonly profit: number | null;
  readonly atrDistance: number | null;
}

export interface StopLevel {
  readonly kind: StopKind;
  /** Won a share, not yet on the tick. */
  readonly level: number;
}

/** The levels of a position: the one arithmetic of the back-test and of live stops. A level of nothing or less protects nothing. */
export function stopLevels(rates: StopRates, position: { readonly entryPrice: number; readonly highWater: number }): readonly StopLevel[] {
  const { entryPrice, highWater } = position;
  const levels: StopLevel[] = [];
  if (rates.loss !== null) levels.push({ kind: 'stop_loss', level: entryPrice * (1 - rates.loss) });
  if (rates.trailing !== null) levels.push({ kind: 'trailing', level: highWater * (1 - rates.trailing) });
  if (rates.atrDistance !== null) levels.push({ kind: 'atr', level: entryPrice - rates.atrDistance });
  if (rates.profit !== null) levels.push({ kind: 'take_profit', level: entryPrice * (1 + rates.profit) });
  return levels.filter(({ level }) => level > 0);
}

/** A level on the tick: stops round down, targets up. `bands` null (adjusted prices) rounds to whole won only. */
export function roundTrigger(level: number, direction: 'down' | 'up', bands: TickTable | null): number {
  const whole = direction === 'down' ? Math.floor(level) : Math.ceil(level);
  if (!bands) return whole;
  return direction === 'down' ? floorToTick(whole, bands) : ceilToTick(whole, bands);
}
