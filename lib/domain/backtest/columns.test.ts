import fc from 'fast-check';
import { expect, test } from 'vitest';
import { epochDay } from './columns.ts';

test.each([
  ['1970-01-01', 0],
  ['1969-12-31', -1],
  ['2000-02-29', 11_016],
  ['2000-03-01', 11_017],
  ['2020-03-02T09:05', 18_323],
])('%s is day %i', (time, day) => {
  expect(epochDay(time)).toBe(day);
});

test('every day of 1600 to 2400 has the number that the calendar of the language gives it', () => {
  const day = 86_400_000;
  const instants = fc.integer({ min: Date.UTC(1600, 0, 1) / day, max: Date.UTC(2400, 0, 1) / day });
  fc.assert(
    fc.property(instants, (number) => {
      expect(epochDay(new Date(number * day).toISOString())).toBe(number);
    }),
    { numRuns: 2_000 },
  );
});
