import { stopLevels } from '#domain/risk/stop-levels.ts';
import type { Stops } from '#domain/strategy/compile.ts';
import { type Holding, NEVER } from './holding.ts';
import type { Lane } from './lane.ts';

/**
 * The first row from the purchase to `last` whose prices come as far as the level of a stop. Levels become prices by rounding away
 * from the market, so a row that stays short of the level stays short of the price. `atr`: NaN without such a stop.
 */
export function firstAlarm(lane: Lane, stops: Stops, { row: bought, price }: Holding, atr: number, last: number): number {
  const { lowest, highest, columns } = lane;
  const atrDistance = stops.atr && !Number.isNaN(atr) ? stops.atr.multiple * atr : null;
  const position = { entryPrice: price, highWater: price };
  let [stop, target] = nearestLevels();
  for (let row = bought; row <= last; row += 1) {
    if (!(lowest[row]! > stop && highest[row]! < target)) return row;
    if (stops.trailing === null || !(columns.volume[row]! > 0) || !(columns.high[row]! > position.highWater)) continue;
    position.highWater = columns.high[row]!;
    [stop, target] = nearestLevels();
  }
  return NEVER;

  function nearestLevels(): [stop: number, target: number] {
    let levels: [number, number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const { kind, level } of stopLevels({ ...stops, atrDistance }, position)) {
      levels = kind === 'take_profit' ? [levels[0], level] : [Math.max(levels[0], level), levels[1]];
    }
    return levels;
  }
}
