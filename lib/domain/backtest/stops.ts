import { type StopKind, type StopLevel, stopLevels } from '#domain/risk/stop-levels.ts';
import type { Stops } from '#domain/strategy/compile.ts';
import { canTrade, type FillRules, triggerPrice, volumeCap } from './fill.ts';
import type { ExitReason, Position } from './position.ts';
import { type RunState, wantExit } from './run-state.ts';
import { leavesAtOpen, meetsLimitWithin, sell } from './sell.ts';

/** Prices at which a position is protected; null where the strategy has no such stop. Live trading stores these. */
export interface ProtectiveLevels {
  readonly stop: { readonly price: number; readonly reason: ExitReason } | null;
  readonly target: number | null;
}

const REASON: Readonly<Record<StopKind, ExitReason>> = {
  stop_loss: 'stop_loss',
  trailing: 'trailing_stop',
  atr: 'atr_stop',
  take_profit: 'take_profit',
};

/** The levels that hold during the next bar: everything they read is known before it opens. The nearest stop wins. */
export function protectiveLevels(
  stops: Stops,
  rules: FillRules,
  row: number,
  position: Pick<Position, 'entryPrice' | 'highWater' | 'atr'>,
): ProtectiveLevels {
  const atrDistance = stops.atr && !Number.isNaN(position.atr) ? stops.atr.multiple * position.atr : null;
  let nearest: StopLevel | null = null;
  let target: number | null = null;
  for (const candidate of stopLevels({ ...stops, atrDistance }, position)) {
    if (candidate.kind === 'take_profit') target = candidate.level;
    else if (!nearest || candidate.level > nearest.level) nearest = candidate;
  }
  return {
    stop: nearest && { price: triggerPrice(rules, row, nearest.level, 'down'), reason: REASON[nearest.kind] },
    target: target === null ? null : triggerPrice(rules, row, target, 'up'),
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

/**
 * Protective stops against the bar's range. A position that leaves at an open anyway stays with that exit; one that waits for a close
 * or a limit is protected until then. Bought within the bar on its way down, only the rest of the way down is known to come after.
 */
export function meetStops(state: RunState, position: Position, t: number): void {
  const { columns, program } = state.input;
  const { row } = position;
  if (row < 0 || leavesAtOpen(state, position) || !(columns.volume[row]! > 0)) return;
  const levels = protectiveLevels(program.stops, state.rules, row, position);
  const isBoughtWithin = position.entryTime === t && position.entryMoment === 'bar';
  const high = isBoughtWithin ? position.entryPrice : columns.high[row]!;
  const bar = { open: columns.open[row]!, high, low: columns.low[row]! };
  const hit = stopHit(levels, bar, position.entryTime !== t);
  if (!hit) return;
  if (!canTrade(state.rules, row, 'sell')) {
    wantExit(position, hit.reason);
    state.counts.exitsLocked += 1;
    return;
  }
  const isAtOpen = position.entryTime !== t && hit.price === bar.open;
  if (hit.isAmbiguous || meetsLimitWithin(state, position)) state.counts.stopsAmbiguous += 1;
  sell(state, position, row, hit.price, hit.reason, volumeCap(state.rules, row) - position.taken, isAtOpen ? 'open' : 'bar');
}
