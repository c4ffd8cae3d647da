import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignSlots, NEEDS, type SymbolNeed } from './slots.ts';

const need = (symbol: string, kind: SymbolNeed['need'], wantsBook = false): SymbolNeed => ({ symbol, need: kind, wantsBook });

describe('registrations of a feed', () => {
  test('go to held, then working, then viewed, then the universe', () => {
    const slots = assignSlots([need('D', 'universe'), need('C', 'viewed'), need('B', 'working'), need('A', 'held')], 3);
    expect(slots).toEqual({ trades: ['A', 'B', 'C'], books: [], rest: ['D'] });
  });

  test('a book of an open screen comes before the trades of a symbol nobody looks at', () => {
    const slots = assignSlots([need('U', 'universe'), need('V', 'viewed', true)], 2);
    expect(slots).toEqual({ trades: ['V'], books: ['V'], rest: ['U'] });
  });

  test('a symbol that is both held and viewed with its book takes one trade and one book', () => {
    expect(assignSlots([need('A', 'viewed', true), need('A', 'held')], 41)).toEqual({ trades: ['A'], books: ['A'], rest: [] });
  });

  test('never exceed the cap, lose no symbol, and do not depend on the order of asking', () => {
    const arbitrary = fc.array(
      fc.record({ symbol: fc.string({ minLength: 1, maxLength: 2 }), need: fc.constantFrom(...NEEDS), wantsBook: fc.boolean() }),
      { maxLength: 120 },
    );
    fc.assert(
      fc.property(arbitrary, fc.nat(60), (needs, capacity) => {
        const slots = assignSlots(needs, capacity);
        expect(slots.trades.length + slots.books.length).toBeLessThanOrEqual(capacity);
        expect([...slots.trades, ...slots.rest].sort()).toEqual([...new Set(needs.map((n) => n.symbol))].sort());
        expect(assignSlots([...needs].reverse(), capacity)).toEqual(slots);
      }),
    );
  });
});
