import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGovernor, LANES, type Lane, ownCalls } from './governor.ts';
import { manualClock } from './testing/wire-server.ts';

test('a cancel passes everything that waits, then exits, look-ups, entries, reconciliation, screens', async () => {
  const clock = manualClock();
  const governor = createGovernor({ source: ownCalls({ requestsPerSecond: 1, clock }), clock });
  await governor.take('screen'); // the burst of one is gone
  const order: Lane[] = [];
  for (const lane of ['screen', 'reconcile', 'entry', 'in_flight', 'exit', 'cancel'] as const)
    void governor.take(lane).then(() => order.push(lane));
  await clock.advance(10_000);
  expect(order).toEqual([...LANES]);
});

test('calls of one lane keep their order', async () => {
  const clock = manualClock();
  const governor = createGovernor({ source: ownCalls({ requestsPerSecond: 5, clock }), clock });
  const order: number[] = [];
  for (let n = 0; n < 10; n++) void governor.take('entry').then(() => order.push(n));
  await clock.advance(5_000);
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test.each([
  { requestsPerSecond: 15, ceiling: 18 },
  { requestsPerSecond: 2.8, ceiling: 4 },
  { requestsPerSecond: 0.95, ceiling: 1 },
])('no window of one second sees more than $ceiling calls at $requestsPerSecond a second', async ({ requestsPerSecond, ceiling }) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 60 }), async (arrivals) => {
      const clock = manualClock();
      const governor = createGovernor({ source: ownCalls({ requestsPerSecond, clock }), clock });
      const sent: number[] = [];
      for (const at of arrivals) clock.after(at, () => void governor.take('entry', 1e9).then(() => sent.push(clock.now())));
      await clock.advance(120_000);
      expect(sent).toHaveLength(arrivals.length);
      for (const from of sent) expect(sent.filter((at) => at >= from && at < from + 1_000).length).toBeLessThanOrEqual(ceiling);
    }),
    { numRuns: 20 },
  );
});

test('after "too fast" nothing leaves until the pause is over', async () => {
  const clock = manualClock();
  const governor = createGovernor({ source: ownCalls({ requestsPerSecond: 15, clock }), clock });
  governor.slow(1_000, true);
  let isOut = false;
  void governor.take('cancel').then(() => {
    isOut = true;
  });
  await clock.advance(999);
  expect(isOut).toBe(false);
  await clock.advance(2);
  expect(isOut).toBe(true);
});

test('a call that would wait too long is given back, and leaves no place in the queue', async () => {
  const clock = manualClock();
  const governor = createGovernor({ source: ownCalls({ requestsPerSecond: 1, clock }), clock });
  governor.slow(10_000, true);
  const waiting = governor.take('entry', 2_500);
  const refused = expect(waiting).rejects.toMatchObject({ code: 'rate_limited' });
  await clock.advance(2_500);
  await refused;
  expect(governor.waiting()).toBe(0);
});
