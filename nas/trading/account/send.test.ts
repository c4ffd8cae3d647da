import { expect, test } from 'vitest';
import type { AttemptResult } from '#lib/db/fleet/trading.ts';
import { AppError } from '#lib/errors.ts';
import { createLog } from '#lib/log.ts';
import { systemClock } from '#nas/runtime/clock.ts';
import { createMetrics } from '#nas/runtime/http.ts';
import { tradingMetrics } from '../metrics.ts';
import type { AccountContext } from './context.ts';
import { sendOnce } from './send.ts';

async function outcomeOf(call: () => Promise<never>) {
  const written: AttemptResult[] = [];
  const repo = { beginAttempt: async () => 7, finishAttempt: async (_: number, result: AttemptResult) => void written.push(result) };
  const context = {
    token: 1,
    instance: { id: 'i', isAlive: () => true },
    repo,
    clock: systemClock,
    log: createLog('test', 'silent'),
    metrics: tradingMetrics(createMetrics('test')),
    life: { isOver: false, calls: new Set() },
  } as unknown as AccountContext;
  await sendOnce(context, {
    orderId: 'o',
    kind: 'submit',
    baseline: [],
    quantity: null,
    stopReason: () => null,
    call,
    onSettled: () => {},
  });
  return written.map(({ outcome }) => outcome);
}

test.each([
  { thrown: new AppError('invalid_input', 'this order type is not open'), outcome: 'rejected' },
  { thrown: new AppError('broker_unavailable', 'no answer'), outcome: 'unknown' },
  { thrown: new TypeError('of undefined'), outcome: 'unknown' },
])('an adapter that throws "$thrown" leaves the order $outcome', async ({ thrown, outcome }) => {
  expect(await outcomeOf(() => Promise.reject(thrown))).toEqual([outcome]);
});
