/** Why a symbol wants one of the few registrations of a feed's socket, most important first (DESIGN §6). */
export const NEEDS = ['held', 'working', 'viewed', 'universe'] as const;
export type Need = (typeof NEEDS)[number];

export interface SymbolNeed {
  readonly symbol: string;
  readonly need: Need;
  /** A screen shows the order book: one registration more. */
  readonly wantsBook: boolean;
}
export interface Slots {
  readonly trades: readonly string[];
  readonly books: readonly string[];
  /** Symbols without a registration: asked by REST. */
  readonly rest: readonly string[];
}

/**
 * Gives the registrations by need: held > working > viewed > universe, ties by symbol so that every process decides alike.
 * Trade prints come first; order books get what is left, for viewed symbols that have their trades.
 * @param capacity registrations of the socket (KIS: 41 a session, all streams added together).
 */
export function assignSlots(needs: readonly SymbolNeed[], capacity: number): Slots {
  const best = new Map<string, SymbolNeed>();
  for (const need of needs) {
    const known = best.get(need.symbol);
    const stronger = !known || NEEDS.indexOf(need.need) < NEEDS.indexOf(known.need) ? need : known;
    best.set(need.symbol, { ...stronger, wantsBook: need.wantsBook || (known?.wantsBook ?? false) });
  }
  const ordered = [...best.values()].sort(
    (a, b) => NEEDS.indexOf(a.need) - NEEDS.indexOf(b.need) || (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0),
  );
  // Books of open screens are wanted more than the trades of a symbol nobody holds or looks at.
  const wanted = ordered.filter((n) => n.need !== 'universe');
  const trades = wanted.slice(0, capacity).map((n) => n.symbol);
  const books = wanted
    .filter((n) => n.wantsBook && trades.includes(n.symbol))
    .slice(0, capacity - trades.length)
    .map((n) => n.symbol);
  const universe = ordered
    .filter((n) => n.need === 'universe')
    .slice(0, capacity - trades.length - books.length)
    .map((n) => n.symbol);
  const registered = new Set([...trades, ...universe]);
  return { trades: [...trades, ...universe], books, rest: ordered.filter((n) => !registered.has(n.symbol)).map((n) => n.symbol) };
}
