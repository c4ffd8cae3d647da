import { expect, test } from 'vitest';
import { isForeignRequest } from './same-origin.ts';

test.each([
  {
    why: 'our own page',
    method: 'POST',
    headers: { host: 'a:3000', origin: 'http://a:3000', 'sec-fetch-site': 'same-origin' },
    foreign: false,
  },
  { why: 'a program', method: 'POST', headers: { host: 'a:3000' }, foreign: false },
  {
    why: 'another site',
    method: 'POST',
    headers: { host: 'a:3000', origin: 'http://evil', 'sec-fetch-site': 'cross-site' },
    foreign: true,
  },
  {
    why: 'the same host on another port',
    method: 'POST',
    headers: { host: 'a:3000', origin: 'http://a:4000', 'sec-fetch-site': 'same-site' },
    foreign: true,
  },
  { why: 'an opaque origin', method: 'POST', headers: { host: 'a:3000', origin: 'null' }, foreign: true },
  {
    why: 'reading from elsewhere',
    method: 'GET',
    headers: { host: 'a:3000', origin: 'http://evil', 'sec-fetch-site': 'cross-site' },
    foreign: false,
  },
])('$why: foreign is $foreign', ({ method, headers, foreign }) => {
  expect(isForeignRequest(method, new Headers(headers as Record<string, string>))).toBe(foreign);
});
