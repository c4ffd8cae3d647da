import { expect, test } from 'vitest';
import { AppError } from './errors.ts';
import { createLog } from './log.ts';

function lineOf(fields: Record<string, unknown>): string {
  const lines: string[] = [];
  createLog('test', 'info', { write: (line: string) => void lines.push(line) }).info(fields, 'said');
  return lines.join('');
}
const SECRET = 'hush-hush-0123456789';

test.each([
  { where: 'a field', fields: { accessToken: SECRET } },
  { where: 'an object', fields: { account: { appSecret: SECRET } } },
  { where: 'headers', fields: { request: { headers: { authorization: SECRET } } } },
  { where: 'headers, as HTTP libraries write them', fields: { headers: { 'x-api-key': SECRET, Authorization: SECRET, cookie: SECRET } } },
  { where: 'four levels down', fields: { a: { b: { c: { password: SECRET } } } } },
  { where: 'a list', fields: { accounts: [{ CANO: SECRET }] } },
  { where: 'an error', fields: { err: Object.assign(new Error('no'), { appkey: SECRET }) } },
  {
    where: 'the detail of an error',
    fields: { err: new AppError('internal', 'no', { detail: { token: SECRET, body: { appsecret: SECRET } } }) },
  },
  {
    where: 'the cause of an error',
    fields: { err: new Error('no', { cause: new AppError('internal', 'no', { detail: { password: SECRET } }) }) },
  },
  { where: 'a fault of another library', fields: { cause: { request: { headers: { authorization: SECRET } } } } },
  {
    where: 'snake and capitals',
    fields: { app_secret: SECRET, API_KEY: SECRET, refresh_token: SECRET, private_key: SECRET, secret: SECRET },
  },
])('a secret in $where does not reach the line', ({ fields }) => {
  const line = lineOf(fields);
  expect(line).toContain('said');
  expect(line).not.toContain(SECRET);
  expect(line).toContain('[redacted]');
});

test('an error keeps its kind, message, stack and plain details', () => {
  const line = JSON.parse(
    lineOf({ err: new AppError('conflict', 'two at once', { detail: { orderId: 'o1', deep: { n: 1 } } }), orderId: 'o1' }),
  );
  expect(line).toMatchObject({
    orderId: 'o1',
    err: { type: 'AppError', message: 'two at once', code: 'conflict', detail: { orderId: 'o1', deep: { n: 1 } } },
  });
  expect(line.err.stack).toContain('log.test.ts');
});

test('what refers to itself, dates and big values do not break a line', () => {
  const self: Record<string, unknown> = { at: new Date(0), n: 10n };
  self.self = self;
  self.bytes = Buffer.from(SECRET);
  self.list = Array.from({ length: 1_000 }, () => self);
  const line = lineOf({ self });
  expect(line).toContain('1970-01-01');
  expect(line.length).toBeLessThan(2_000);
});
