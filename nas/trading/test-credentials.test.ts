import { expect, test } from 'vitest';
import type { TradingRepo } from '#lib/db/fleet/trading.ts';
import { AppError } from '#lib/errors.ts';
import { createLog } from '#lib/log.ts';
import { testCredentials } from './test-credentials.ts';

const account = { accountId: 'a', userId: 'u', brokerType: 'kis', isPaper: true, keyId: 'k', sealed: {} };

test.each([
  { why: 'another key', fault: new AppError('invalid_input', 'sealed to another key'), state: 'bad_key', proved: false, isDone: true },
  { why: 'no form of ours', fault: new SyntaxError('not JSON'), state: 'bad_key', proved: false, isDone: true },
  { why: 'a busy database', fault: new AppError('database_not_ready', 'no answer'), state: 'untested', proved: null, isDone: false },
])('keys that do not open for $why: $state', async ({ fault, state, proved, isDone }) => {
  const written: unknown[] = [];
  const repo = { setCredentialState: async (_: string, to: unknown) => void written.push(to) } as unknown as TradingRepo;
  const open = async () => Promise.reject(fault);
  expect(await testCredentials({ repo, open, account, log: createLog('test', 'fatal') })).toBe(isDone);
  expect(written).toMatchObject([{ state, environmentProved: proved }]);
});
