import { tickTable } from '#domain/market/ticks.ts';
import { roundTrigger, stopLevels } from '#domain/risk/stop-levels.ts';
import { compileStrategy, type Program } from '#domain/strategy/compile.ts';
import type { StopLevelRow, UnprotectedPosition } from '#lib/db/fleet/stops.ts';
import { seoul } from '#nas/runtime/clock.ts';

/** The scheduler writes down what it decided a moment after it has ordered: so long its ATR may be missing. */
const RECORD_MS = 30_000;

/** What a strategy's own rules say about a position it holds; null while its ATR is not written down yet. */
export function levelsOf(position: UnprotectedPosition, now: number): readonly StopLevelRow[] | null {
  const compiled = compileStrategy(position.document, position.params);
  if (!compiled.ok) return [];
  const { stops } = compiled.program;
  if (stops.atr && position.atr === null && now - (position.enteredAt?.getTime() ?? 0) < RECORD_MS) return null;
  const entryPrice = position.purchaseAmount / position.quantity;
  const bands = tickTable({ day: seoul(now).day, kind: position.instrumentKind, market: position.market });
  // The high since the fill is what the watcher has seen; it begins at the entry.
  return stopLevels({ ...stops, atrDistance: atrDistance(stops, position.atr) }, { entryPrice, highWater: entryPrice }).map(
    ({ kind, level }) => ({
      kind,
      trigger: roundTrigger(level, kind === 'take_profit' ? 'up' : 'down', bands),
      trailRate: kind === 'trailing' ? stops.trailing : null,
      highWater: kind === 'trailing' ? entryPrice : 0,
    }),
  );
}

const atrDistance = ({ atr }: Program['stops'], measured: number | null) => (atr && measured !== null ? atr.multiple * measured : null);
