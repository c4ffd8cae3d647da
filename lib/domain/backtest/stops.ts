import type { Stops } from '#domain/strategy/compile.ts';
import { canTrade, type FillRules, triggerPrice, volumeCap } from './fill.ts';
import type { ExitReason, Position } from './position.ts';
import { type RunState, wantExit } from './run-state.ts';
import { sell } from './sell.ts';

/** Prices at which a position is protected; null where the strategy has no such stop. Live trading stores these. */
export interface ProtectiveLevels {
  readonly stop: { readonly price: number; readonly reason: ExitReason } | null;
  readonly target: number | null;
}

/** The levels that hold during the next bar: everything they read is known before it opens. The nearest stop wins. */
export function protectiveLevels(
  stops: Stops,
  rules: FillRules,
  row: number,
  position: Pick<Position, 'entryPrice' | 'highWater' | 'atr'>,
): ProtectiveLevels {
  const candidates: { level: number; reason: ExitReason }[] = [];
  if (stops.loss !== null) candidates.push({ level: position.entryPrice * (1 - stops.loss), reason: 'stop_loss' });
  if (stops.trailing !== null) candidates.push({ level: position.highWater * (1 - stops.trailing), reason: 'trailing_stop' });
  if (stops.atr && !Number.isNaN(position.atr))
    candidates.push({ level: position.entryPrice - stops.atr.multiple * position.atr, reason: 'atr_stop' });
  const nearest = candidates.reduce<(typeof candidates)[number] | null>(
    (best, next) => (best && best.level >= next.level ? best : next),
    null,
  );
  return {
    stop: nearest && nearest.level > 0 ? { price: triggerPrice(rules, row, nearest.level, 'down'), reason: nearest.reason } : null,
    target: stops.profit === null ? null : triggerPrice(rules, row, position.entryPrice * (1 + stops.profit), 'up'),
  };
}

export interface StopHit {
  readonly price: number;
  readonly reason: ExitReason;
  /** The bar touched stop and target; which came first is not known, so the stop was taken. */
  readonly isAmbiguous: boolean;
}

/**
 * What the bar's range does to the levels. A level gapped through is met at the open. `isOpenSeen` is false on the entry bar,
 * where we bought at the open itself.
 */
export function stopHit(levels: ProtectiveLevels, bar: { open: number; high: number; low: number }, isOpenSeen: boolean): StopHit | null {
  const { stop, target } = levels;
  if (isOpenSeen && stop && bar.open <= stop.price) return { price: bar.open, reason: stop.reason, isAmbiguous: false };
  if (isOpenSeen && target !== null && bar.open >= target) return { price: bar.open, reason: 'take_profit', isAmbiguous: false };
  const isTargetTouched = target !== null && bar.high >= target;
  if (stop && bar.low <= stop.price) return { price: Math.min(stop.price, bar.high), reason: stop.reason, isAmbiguous: isTargetTouched };
  return isTargetTouched ? { price: Math.max(target, bar.low), reason: 'take_profit', isAmbiguous: false } : null;
}

/** Protective stops against the bar's range. A position whose exit is still waiting stays with that exit. */
export function meetStops(state: RunState, position: Position, t: number): void {
  const { columns, program } = state.input;
  const { row } = position;
  if (row < 0 || position.isExiting || !(columns.volume[row]! > 0)) return;
  const levels = protectiveLevels(program.stops, state.rules, row, position);
  const bar = { open: columns.open[row]!, high: columns.high[row]!, low: columns.low[row]! };
  const hit = stopHit(levels, bar, position.entryTime !== t);
  if (!hit) return;
  if (!canTrade(state.rules, row, 'sell')) {
    wantExit(position, hit.reason);
    state.counts.exitsLocked += 1;
    return;
  }
  if (hit.isAmbiguous) state.counts.stopsAmbiguous += 1;
  const taken = position.entryTime === t ? position.entryQuantity : 0;
  sell(state, position, row, hit.price, hit.reason, volumeCap(state.rules, row) - taken);
}
