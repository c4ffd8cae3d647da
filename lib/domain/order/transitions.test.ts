import { describe, expect, test } from 'vitest';
import { orderStatus } from '#domain/order/order.ts';
import { canMove, EVIDENCE_MOVES, FIRST_STATUSES, isFinal, isUnresolved, LEGAL_MOVES, OPEN_STATUSES } from '#domain/order/transitions.ts';

/** ORDERS §2 in the stored words, written out once more by hand: the table must equal it pair by pair. */
const BY_HAND = `
pending > submitting cancelled denied expired
submitting > accepted rejected unknown partially_filled executed expired
unknown > accepted partially_filled executed cancelled rejected expired
accepted > partially_filled executed cancel_pending replace_pending cancelled expired rejected replaced
partially_filled > partially_filled executed cancel_pending replace_pending cancelled expired rejected replaced
cancel_pending > cancelled partially_filled executed accepted expired
replace_pending > cancelled partially_filled executed accepted expired replaced
cancelled > accepted partially_filled executed
expired > accepted partially_filled executed
replaced > accepted partially_filled executed
rejected > accepted partially_filled executed
`;
const LEGAL = new Set(
  BY_HAND.trim()
    .split('\n')
    .flatMap((line) => {
      const [from = '', to = ''] = line.split(' > ');
      return to.split(' ').map((status) => `${from}>${status}`);
    }),
);

const EVERY_PAIR = orderStatus.options.flatMap((from) =>
  orderStatus.options.map((to) => ({ from, to, legal: LEGAL.has(`${from}>${to}`) })),
);

test.each(EVERY_PAIR)('$from → $to is legal: $legal', ({ from, to, legal }) => {
  expect(canMove(from, to)).toBe(legal);
});

test('the flat list holds each legal pair once', () => {
  expect(LEGAL_MOVES.map(([from, to]) => `${from}>${to}`).sort()).toEqual([...LEGAL].sort());
});

describe('final states', () => {
  const finals = orderStatus.options.filter(isFinal);

  test('are left only with broker evidence', () => {
    const reopened = new Set(EVIDENCE_MOVES.map((move) => move.join()));
    for (const from of finals) for (const to of orderStatus.options) expect(canMove(from, to)).toBe(reopened.has([from, to].join()));
  });

  test('executed and denied are never left', () => {
    for (const to of orderStatus.options) {
      expect(canMove('executed', to)).toBe(false);
      expect(canMove('denied', to)).toBe(false);
    }
  });

  test('evidence only leads to states the broker itself can show', () => {
    for (const [, to] of EVIDENCE_MOVES) expect(['accepted', 'partially_filled', 'executed']).toContain(to);
  });

  test('and open ones divide all states', () => {
    expect([...OPEN_STATUSES, ...finals].sort()).toEqual([...orderStatus.options].sort());
  });
});

test('nothing that was sent can be sent again: only a pending order moves to submitting', () => {
  expect(LEGAL_MOVES.filter(([, to]) => to === 'submitting')).toEqual([['pending', 'submitting']]);
});

test('a denial is ours alone and comes before anything left the house', () => {
  expect(LEGAL_MOVES.filter(([, to]) => to === 'denied')).toEqual([['pending', 'denied']]);
  expect(FIRST_STATUSES).toEqual(['pending', 'denied']);
});

test('orders without a broker number are the submitting and the unknown ones', () => {
  expect(orderStatus.options.filter(isUnresolved)).toEqual(['submitting', 'unknown']);
});
