import { expect, test } from 'vitest';
import { haltReason } from './halts.ts';

const entry = { isEntry: true, origin: 'user' } as const;
const exit = { isEntry: false, origin: 'user' } as const;
const flatten = { isEntry: false, origin: 'flatten' } as const;

test.each([
  { level: 'none', order: entry, stops: false, why: 'nothing is halted' },
  { level: 'pause_entries', order: entry, stops: true, why: 'entries pause' },
  { level: 'pause_entries', order: exit, stops: false, why: 'nobody is kept in a position' },
  { level: 'reduce_only', order: entry, stops: true, why: 'only exits' },
  { level: 'reduce_only', order: exit, stops: false, why: 'exits reduce' },
  { level: 'halt', order: exit, stops: true, why: 'everything stops' },
  { level: 'halt', order: flatten, stops: false, why: 'the flatten is what the halt asked for' },
] as const)('$level, $why', ({ level, order, stops }) => {
  expect(haltReason(level, order)).toBe(stops ? 'halted' : null);
});
