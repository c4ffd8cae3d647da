import { hashSeed, random } from '../random.ts';
import type { Instrument } from './instruments.ts';
import { krxRules } from './krx-rules.ts';
import type { Bar } from './market-state.ts';

/**
 * The road of one day's price, one value a minute plus the close: starts at the bar's open, touches its high and low, ends at
 * its close. The live market follows it and past minute bars are cut from it, so both agree with the daily bar.
 */
export function intradayPath(seed: number, instrument: Instrument, bar: Bar, minutes: number): readonly number[] {
  const chance = random(hashSeed(seed, instrument.symbol, bar.day, 'path'));
  const walk = [0];
  for (let i = 1; i <= minutes; i++) walk.push(walk[i - 1]! + chance.normal());
  const end = walk[minutes]!;
  const bridge = walk.map((value, i) => value - (end * i) / minutes);
  const top = Math.max(...bridge);
  const bottom = Math.min(...bridge);
  const scale = Math.min(
    ...[(bar.high - Math.max(bar.open, bar.close)) / (top || 1), (Math.min(bar.open, bar.close) - bar.low) / (-bottom || 1)].map((s) =>
      Math.max(s, (bar.high - bar.low) / 40 / (top - bottom || 1)),
    ),
  );
  const path = bridge.map((value, i) =>
    Math.min(bar.high, Math.max(bar.low, bar.open + ((bar.close - bar.open) * i) / minutes + value * scale)),
  );
  touch(path, bridge.indexOf(top), bar.high);
  touch(path, bridge.indexOf(bottom), bar.low);
  path[0] = bar.open;
  path[minutes] = bar.close;
  return path;
}

/** Draws the surroundings of one minute to an extreme, so that it is reached without a jump. */
function touch(path: number[], at: number, extreme: number): void {
  const width = Math.max(2, Math.floor(path.length / 40));
  for (let i = Math.max(1, at - width); i <= Math.min(path.length - 2, at + width); i++) {
    const weight = 1 - Math.abs(i - at) / width;
    path[i] = path[i]! + (extreme - path[i]!) * weight;
  }
}

/** Minute bars of one day from its daily bar, oldest first: first open, highest high, lowest low, last close and the volume are the day's. */
export function generateMinuteBars(
  seed: number,
  instrument: Instrument,
  bar: Bar,
  bounds: { open: number; close: number },
): readonly Bar[] {
  const minutes = bounds.close - bounds.open;
  const path = intradayPath(seed, instrument, bar, minutes);
  const chance = random(hashSeed(seed, instrument.symbol, bar.day, 'volume'));
  // Busy at both ends of the day, as every market is.
  const weights = Array.from({ length: minutes }, (_, i) => (0.4 + chance.next()) * (1 + 2 * Math.abs((2 * i) / minutes - 1)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const onTick = (price: number): number => Math.min(bar.high, Math.max(bar.low, krxRules.floorToTick(instrument, bar.day, price)));
  let left = bar.volume;
  const bars = weights.map((weight, i): Bar => {
    const volume = i === minutes - 1 ? left : Math.min(left, Math.floor((bar.volume * weight) / total));
    left -= volume;
    const open = onTick(path[i]!);
    const close = i === minutes - 1 ? bar.close : onTick(path[i + 1]!);
    const tick = krxRules.tickSize(instrument, bar.day, open);
    const high = onTick(Math.max(open, close) + tick * chance.int(0, 1));
    const low = onTick(Math.min(open, close) - tick * chance.int(0, 1));
    return {
      day: bar.day,
      time: minuteName(bounds.open + i),
      open,
      high,
      low,
      close,
      volume,
      value: Math.floor((volume * (open + close)) / 2),
    };
  });
  const traded = bars.filter((minute) => minute.volume > 0);
  // Rounding to ticks may stop one tick short of the day's extremes: the minute that came nearest reached them.
  if (traded.length > 0) {
    traded.reduce((a, b) => (b.high > a.high ? b : a)).high = bar.high;
    traded.reduce((a, b) => (b.low < a.low ? b : a)).low = bar.low;
  }
  return traded;
}

/** `HHMM00` of a minute after midnight. */
export function minuteName(minute: number): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}${two(minute % 60)}00`;
}
