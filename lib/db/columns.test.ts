import { expect, test } from 'vitest';
import { rowId } from '#lib/db/columns.ts';
import { cashFlowRow } from '#lib/db/reconciliation-web.ts';

test.each([
  ['drawn at random (version 4)', '3f0c9a52-6d0e-4c8b-9d52-0a4be0f3c1aa'],
  ['derived from a text: any version', '3f0c9a52-6d0e-0c8b-9d52-0a4be0f3c1aa'],
  ['derived from a text: any variant', '3f0c9a52-6d0e-fc8b-2d52-0a4be0f3c1aa'],
])('an id %s names a row', (_, id) => {
  expect(rowId.parse(id)).toBe(id);
  const flow = {
    id,
    broker_account_id: id,
    at: '2026-11-23 06:02:08.78+09',
    amount: 1_000_000,
    kind: 'unclassified',
    source: 'cash',
    note: '',
  };
  expect(cashFlowRow.parse(flow).id).toBe(id);
});

test.each(['', '3f0c9a52', '3f0c9a52-6d0e-4c8b-9d52-0a4be0f3c1ag', "3f0c9a52-6d0e-4c8b-9d52-0a4be0f3c1aa' or true"])(
  '%j names no row',
  (text) => {
    expect(rowId.safeParse(text).success).toBe(false);
  },
);
