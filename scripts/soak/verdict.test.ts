import { expect, test } from 'vitest';
import { growthOf, type HourOfService } from './verdict.ts';

const MB = 1_000_000;
const day = (of: (hour: number) => Partial<HourOfService>): HourOfService[] =>
  Array.from({ length: 24 }, (_, i) => ({ hour: i + 1, rss: 100 * MB, handles: 40, ...of(i + 1) }));

test.each([
  { why: 'a level day is steady', hours: day(() => ({})), isSteady: true },
  { why: 'what grows before hour 4 is warm-up', hours: day((hour) => ({ rss: (hour < 4 ? 60 : 100) * MB })), isSteady: true },
  { why: 'one high hour is weather', hours: day((hour) => ({ rss: (hour === 24 ? 150 : 100) * MB })), isSteady: true },
  { why: 'half a per cent an hour is a leak', hours: day((hour) => ({ rss: 100 * MB * (1 + hour / 200) })), isSteady: false },
  { why: 'a socket an hour is a leak', hours: day((hour) => ({ handles: 40 + hour })), isSteady: false },
  { why: 'memory given back is no growth', hours: day((hour) => ({ rss: (130 - hour) * MB })), isSteady: true },
])('$why', ({ hours, isSteady }) => {
  expect(growthOf(hours)?.isSteady).toBe(isSteady);
});

test('too few hours prove nothing', () => {
  expect(growthOf(day(() => ({})).slice(0, 8))).toBeNull();
});
