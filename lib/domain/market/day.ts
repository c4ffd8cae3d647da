/** Calendar arithmetic on `YYYY-MM-DD` days in Seoul. Days are names, not instants: no clock and no time zone is involved. */

const MS_PER_DAY = 86_400_000;

function toEpochDay(day: string): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  const ms = match ? Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) : Number.NaN;
  const epochDay = ms / MS_PER_DAY;
  if (Number.isNaN(epochDay) || fromEpochDay(epochDay) !== day) throw new RangeError(`not a calendar day: ${day}`);
  return epochDay;
}

function fromEpochDay(epochDay: number): string {
  return new Date(epochDay * MS_PER_DAY).toISOString().slice(0, 10);
}

/** The day `count` calendar days later (earlier when negative). */
export function addDays(day: string, count: number): string {
  return fromEpochDay(toEpochDay(day) + count);
}

/** True for Saturday and Sunday. 1970-01-01 was a Thursday. */
export function isWeekend(day: string): boolean {
  const weekday = (((toEpochDay(day) + 4) % 7) + 7) % 7;
  return weekday === 0 || weekday === 6;
}

/** `HH:MM:SS` (or `HH:MM`, `HHMMSS`) of a Seoul clock as seconds since midnight. */
export function secondOfDay(clock: string): number {
  const match = /^(\d{2}):?(\d{2})(?::?(\d{2}))?$/.exec(clock);
  const [hour, minute, second] = match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : [24, 0, 0];
  if (hour > 23 || minute > 59 || second > 59) throw new RangeError(`not a time of day: ${clock}`);
  return hour * 3600 + minute * 60 + second;
}

/** Seconds since midnight as `HH:MM:SS`. */
export function clockText(second: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
}
