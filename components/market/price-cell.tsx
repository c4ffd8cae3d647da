'use client';
import { useRef } from 'react';
import { useDesk, useMarketState } from '#components/desk/desk-context.tsx';
import { Change, changeColour } from '#components/numbers/change.tsx';
import { formatNumber } from '#components/numbers/format.ts';
import { cn } from '#components/ui/class-names.ts';
import { useLink, useRealtime } from '#lib/realtime/context.tsx';
import { STALE_AFTER_MS } from '#lib/realtime/quote-store.ts';
import { useNow } from '#lib/realtime/use-now.ts';
import { useQuote } from '#lib/realtime/use-quote.ts';

/** True when the feed of a symbol has fallen silent while the market is open; a quiet stock is not stale. */
export function useIsStale(symbol: string): boolean {
  const { quotes } = useRealtime();
  const link = useLink();
  const market = useMarketState();
  const now = useNow(5_000);
  if (now === null || market?.kind !== 'open') return false;
  const age = quotes.feedAgeMs(symbol, now);
  return link.state === 'down' || (age !== null && age > STALE_AFTER_MS);
}

/** Lights up for 300 ms when the price moves; the key restarts the animation. */
function useFlash(price: number | undefined): { className: string; key: number } {
  const seen = useRef({ price, turn: 0, className: '' });
  if (price !== undefined && seen.current.price !== price) {
    const before = seen.current.price;
    seen.current = {
      price,
      turn: seen.current.turn + 1,
      className: before === undefined ? '' : price > before ? 'flash-up' : 'flash-down',
    };
  }
  return { className: seen.current.className, key: seen.current.turn };
}

/** The last price of a symbol, live; its width never changes the column's. */
export function LivePrice({ symbol, fallback, className }: { symbol: string; fallback: number; className?: string }) {
  const quote = useQuote(symbol);
  const isStale = useIsStale(symbol);
  const flash = useFlash(quote?.last);
  const price = quote?.last ?? fallback;
  return (
    <span
      key={flash.key}
      className={cn(
        'num inline-block min-w-[7ch] rounded-sm px-1 text-right',
        quote && changeColour(quote.change),
        isStale && 'text-faint',
        flash.className,
        className,
      )}
    >
      {formatNumber(price)}
    </span>
  );
}

/** Today's change, live. */
export function LiveChange({ symbol, className }: { symbol: string; className?: string }) {
  const quote = useQuote(symbol);
  const isStale = useIsStale(symbol);
  if (!quote) return <span className="text-faint">—</span>;
  return <Change change={quote.change} rate={quote.changeRate} className={cn(isStale && 'text-faint', className)} />;
}

/** Name in the reader's language. */
export function useInstrumentName(): (instrument: { nameKo: string; nameEn: string }) => string {
  const { locale } = useDesk();
  return ({ nameKo, nameEn }) => (locale === 'en' && nameEn ? nameEn : nameKo);
}
