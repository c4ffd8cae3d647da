import { expect, test } from 'vitest';
import { safeNext } from './safe-next.ts';

test.each([
  ['/orders?x=1', '/orders?x=1'],
  [undefined, '/'],
  ['//evil.example', '/'],
  ['https://evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['/..//evil.example', '/'],
  ['/.//evil.example', '/'],
  ['/a/..//evil.example/b', '/'],
  ['/%2e%2e//evil.example', '/'],
  ['/orders/../market', '/market'],
  ['javascript:alert(1)', '/'],
])('after signing in %s leads to %s', (next, path) => {
  expect(safeNext(next)).toBe(path);
});
