import { expect, test } from 'vitest';
import { safeNext } from './safe-next.ts';

test.each([
  ['/orders?x=1', '/orders?x=1'],
  [undefined, '/'],
  ['//evil.example', '/'],
  ['https://evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['javascript:alert(1)', '/'],
])('after signing in %s leads to %s', (next, path) => {
  expect(safeNext(next)).toBe(path);
});
