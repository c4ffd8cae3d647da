import { expect, test } from 'vitest';
import type { CashFlowView } from '#lib/db/reconciliation-web.ts';
import { kindsFor, shownFlows } from './cash-flow-list.tsx';

const flow = (id: string, kind: CashFlowView['kind']): CashFlowView => ({
  id,
  accountId: 'a',
  at: '',
  amount: 1,
  kind,
  isFound: true,
  note: '',
});

test.each([
  { amount: 5_000_000, kinds: ['deposit', 'dividend', 'interest'] },
  { amount: -5_000_000, kinds: ['withdrawal', 'tax', 'fee', 'interest'] },
])('$amount won can only have been what goes that way', ({ amount, kinds }) => {
  expect(kindsFor(amount)).toEqual(kinds);
});

test('every flow that waits for a word is shown, and the newest three of the others', () => {
  const flows = ['deposit', 'unclassified', 'fee', 'tax', 'interest', 'unclassified'].map((kind, at) => flow(String(at), kind as 'fee'));
  expect(shownFlows(flows).map(({ id }) => id)).toEqual(['1', '5', '0', '2', '3']);
});
