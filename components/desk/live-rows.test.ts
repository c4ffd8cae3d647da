import { expect, test } from 'vitest';
import type { HaltView } from '#lib/db/platform.ts';
import { effectiveHalt, upsertNewer } from './live-rows.ts';

test('a late message never puts an older version back', () => {
  const shown = [{ id: 'a', version: 3 }];
  expect(upsertNewer(shown, { id: 'a', version: 2 })).toBe(shown);
  expect(upsertNewer(shown, { id: 'a', version: 4 })).toEqual([{ id: 'a', version: 4 }]);
});

test('a new row stands first and the others stay in place', () => {
  expect(upsertNewer([{ id: 'a', version: 1 }], { id: 'b', version: 0 }).map((row) => row.id)).toEqual(['b', 'a']);
});

const halt = (scope: HaltView['scope'], scopeId: string, level: HaltView['level']): HaltView => ({
  scope,
  scopeId,
  level,
  reason: '',
  cause: 'person',
  numbers: {},
  setBy: null,
  version: 1,
  updatedAt: '',
});
test.each([
  { halts: [], level: 'none', why: 'nothing is set' },
  { halts: [halt('platform', '', 'reduce_only'), halt('user', 'me', 'halt')], level: 'halt', why: 'the stricter wins' },
  { halts: [halt('user', 'you', 'halt')], level: 'none', why: "another person's stop does not bind me" },
  { halts: [halt('account', 'mine', 'pause_entries')], level: 'pause_entries', why: 'my account is paused' },
  { halts: [halt('account', 'other', 'halt')], level: 'none', why: 'another account of mine is stopped' },
  { halts: [halt('broker', 'ls', 'reduce_only')], level: 'reduce_only', why: 'the broker under its older name is limited' },
  { halts: [halt('user', 'me', 'halt'), halt('account', 'mine', 'cancel_all')], level: 'cancel_all', why: 'cancel-all is the strictest' },
])('the level is $level when $why', ({ halts, level }) => {
  expect(effectiveHalt(halts, { userId: 'me', account: { id: 'mine', broker: 'ebest' } })).toBe(level);
});
