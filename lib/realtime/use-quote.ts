'use client';
import { useCallback, useEffect, useSyncExternalStore } from 'react';
import type { QuoteView } from '#lib/db/market.ts';
import { useRealtime } from './context.tsx';

/** The live quote of a visible symbol; asking for it is the interest that brings it. */
export function useQuote(symbol: string | null, withBook = false): QuoteView | undefined {
  const { quotes } = useRealtime();
  useEffect(() => (symbol ? quotes.want(symbol, withBook) : undefined), [quotes, symbol, withBook]);
  const subscribe = useCallback((listener: () => void) => (symbol ? quotes.subscribe(symbol, listener) : () => {}), [quotes, symbol]);
  const read = () => (symbol ? quotes.get(symbol) : undefined);
  return useSyncExternalStore(subscribe, read, () => undefined);
}

/** Live quotes of several symbols; re-renders when any of them changes. */
export function useQuotes(symbols: readonly string[]): ReadonlyMap<string, QuoteView> {
  const { quotes } = useRealtime();
  const key = symbols.join(',');
  useEffect(() => {
    const codes = key === '' ? [] : key.split(',');
    const releases = codes.map((symbol) => quotes.want(symbol, false));
    return () => {
      for (const release of releases) release();
    };
  }, [quotes, key]);
  const subscribe = useCallback(
    (listener: () => void) => {
      const releases = (key === '' ? [] : key.split(',')).map((symbol) => quotes.subscribe(symbol, listener));
      return () => {
        for (const release of releases) release();
      };
    },
    [quotes, key],
  );
  // One number tells whether anything changed; the map is built when it did.
  const read = () => symbols.reduce((sum, symbol) => sum + Date.parse(quotes.get(symbol)?.heardAt ?? '1970-01-01'), 0);
  const version = useSyncExternalStore(subscribe, read, () => 0);
  // While the server's page is taken over there are no quotes yet, whatever other parts of the screen have already brought.
  if (version === 0) return new Map();
  return new Map(symbols.flatMap((symbol) => (quotes.get(symbol) ? [[symbol, quotes.get(symbol) as QuoteView]] : [])));
}
