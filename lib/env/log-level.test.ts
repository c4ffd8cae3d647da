import { expect, test } from 'vitest';
import { logLevel } from './log-level.ts';

test.each([
  { given: undefined, level: 'info' },
  { given: '', level: 'info' },
  { given: 'debug', level: 'debug' },
  { given: 'silent', level: 'silent' },
])('LOG_LEVEL $given gives $level', ({ given, level }) => {
  expect(logLevel({ LOG_LEVEL: given })).toBe(level);
});

test('another word is refused with the words there are', () => {
  expect(() => logLevel({ LOG_LEVEL: 'loud' })).toThrow(/LOG_LEVEL is "loud".*debug, info, warn/);
});
