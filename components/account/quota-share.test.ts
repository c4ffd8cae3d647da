import { expect, test } from 'vitest';
import { quotaShare } from './quota-share.ts';

test.each([
  { name: 'half a minute’s calls fill half', perSecond: 1, used: [0, 0, 0, 0, 10, 20], want: { used: 30, limit: 60, filled: 50 } },
  { name: 'nothing used is an empty bar', perSecond: 15, used: [0, 0, 0, 0, 0, 0], want: { used: 0, limit: 900, filled: 0 } },
  {
    name: 'more than the limit (it was lowered meanwhile) fills no more than all',
    perSecond: 1,
    used: [30, 0, 0, 0, 0, 90],
    want: { used: 120, limit: 60, filled: 100 },
  },
  { name: 'a paper key has 57 calls a minute', perSecond: 0.95, used: [1, 0, 0, 0, 0, 0], want: { used: 1, limit: 57, filled: 100 / 57 } },
])('$name', ({ perSecond, used, want }) => {
  const share = quotaShare({ limitPerSecond: perSecond, nowPerSecond: perSecond, used });
  expect(share).toMatchObject({ used: want.used, limit: want.limit, isSlowed: false });
  expect(share.widths.reduce((sum, width) => sum + width, 0)).toBeCloseTo(want.filled);
});

test('a rate below the limit is told as slowed', () => {
  expect(quotaShare({ limitPerSecond: 15, nowPerSecond: 12, used: [0, 0, 0, 0, 0, 0] }).isSlowed).toBe(true);
});
