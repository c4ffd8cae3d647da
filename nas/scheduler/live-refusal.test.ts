import { expect, test } from 'vitest';
import { goldenCross } from '#domain/strategy/templates/golden-cross.ts';
import { createLog } from '#lib/log.ts';
import { runDeployment } from './run-deployment.ts';
import type { Deployment, SchedulerStore } from './scheduler-store.ts';

test.each([
  { why: 'orders into a close', changes: { execution: { at: 'next_close' } }, says: /다음 봉 시가에 시장가로/ },
  { why: 'limit orders', changes: { execution: { orderType: 'limit' } }, says: /다음 봉 시가에 시장가로/ },
  { why: 'weights', changes: { sizing: { kind: 'weights', rebalance: 'monthly', maxPositions: 5 } }, says: /비중 재조정/ },
])('a deployment of a document with $why is ended with a sentence, not traded in another way', async ({ changes, says }) => {
  const failed: string[] = [];
  const deployment = { id: 'd', document: { ...goldenCross.document, ...changes }, params: {} } as unknown as Deployment;
  const store = {
    hasRun: async () => false,
    deployment: async () => deployment,
    failDeployment: async (_id: string, reason: string) => void failed.push(reason),
  } as unknown as SchedulerStore;
  const deps = { store, log: createLog('test', 'fatal'), now: () => new Date('2026-11-20T06:35:00Z') };
  await runDeployment(deps, { deploymentId: 'd', phase: 'evaluate', tick: new Date('2026-11-20T06:35:00Z') }, []);
  expect(failed).toEqual([expect.stringMatching(says)]);
});
