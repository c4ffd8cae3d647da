'use client';
import { useTranslations } from 'next-intl';
import { useDesk } from '#components/desk/desk-context.tsx';
import { changeColour } from '#components/numbers/change.tsx';
import { formatClock, formatNumber, formatPercent } from '#components/numbers/format.ts';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { cn } from '#components/ui/class-names.ts';
import { isFinal } from '#domain/order/transitions.ts';
import type { InstrumentView } from '#lib/db/market.ts';
import { useQuote } from '#lib/realtime/use-quote.ts';
import { useIsStale } from './price-cell.tsx';

const LEVELS = 10;
interface Level {
  readonly price: number;
  readonly quantity: number;
}
const padded = (levels: readonly Level[]): (Level | null)[] => Array.from({ length: LEVELS }, (_, at) => levels[at] ?? null);

/** Ten asks above ten bids; a press on a price puts it on the ticket. Own orders stand in their row. */
export function OrderBook({ instrument, onPick }: { instrument: InstrumentView; onPick: (price: number) => void }) {
  const t = useTranslations('market');
  const quote = useQuote(instrument.symbol, true);
  const { orders, account } = useDesk();
  const isStale = useIsStale(instrument.symbol);
  const own = new Map<number, number>();
  for (const order of orders) {
    if (order.symbol !== instrument.symbol || order.accountId !== account?.id || order.price === null || isFinal(order.status)) continue;
    own.set(order.price, (own.get(order.price) ?? 0) + order.quantity - order.cumQuantity);
  }
  const asks = padded((quote?.book?.asks ?? []).filter((level) => level.price > 0)).reverse();
  const bids = padded((quote?.book?.bids ?? []).filter((level) => level.price > 0));
  const most = Math.max(1, ...[...asks, ...bids].map((level) => level?.quantity ?? 0));
  const sum = (levels: readonly (Level | null)[]) => levels.reduce((total, level) => total + (level?.quantity ?? 0), 0);
  const row = (level: Level | null, at: number, side: 'ask' | 'bid') => (
    <BookRow
      key={`${side}${at}`}
      level={level}
      side={side}
      most={most}
      base={instrument.basePrice}
      isLast={level?.price === quote?.last}
      own={level ? (own.get(level.price) ?? 0) : 0}
      onPick={onPick}
    />
  );
  return (
    <Card className={cn('self-start', isStale && 'opacity-60')}>
      <CardHeader title={t('book')} detail={quote ? <span className="num">{formatClock(quote.heardAt)}</span> : undefined} />
      <table className="w-full table-fixed border-collapse text-xs">
        <caption className="sr-only">{t('bookCaption')}</caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">{t('askQuantity')}</th>
            <th scope="col">{t('col.price')}</th>
            <th scope="col">{t('bidQuantity')}</th>
          </tr>
        </thead>
        <tbody>
          {asks.map((level, at) => row(level, at, 'ask'))}
          {bids.map((level, at) => row(level, at, 'bid'))}
        </tbody>
        <tfoot className="border-t text-muted">
          <tr className="num">
            <td className="px-2 py-1.5 text-right">{formatNumber(sum(asks))}</td>
            <td className="text-center">{t('total')}</td>
            <td className="px-2 py-1.5">{formatNumber(sum(bids))}</td>
          </tr>
        </tfoot>
      </table>
      {quote?.book?.expectedPrice ? (
        <p className="num border-t px-3 py-2 text-muted text-xs">
          {t('expected', { price: formatNumber(quote.book.expectedPrice), volume: formatNumber(quote.book.expectedVolume ?? 0) })}
        </p>
      ) : null}
    </Card>
  );
}

interface RowProps {
  readonly level: Level | null;
  readonly side: 'ask' | 'bid';
  readonly most: number;
  readonly base: number;
  readonly isLast: boolean;
  readonly own: number;
  readonly onPick: (price: number) => void;
}

function BookRow({ level, side, most, base, isLast, own, onPick }: RowProps) {
  const t = useTranslations('market');
  if (!level)
    return (
      <tr className="h-6">
        <td />
        <td className="text-center text-faint">—</td>
        <td />
      </tr>
    );
  const change = level.price - base;
  const bar = (
    <div className="relative h-6">
      <span
        aria-hidden
        className={cn('absolute inset-y-0.5 rounded-sm', side === 'ask' ? 'right-0 bg-down-soft' : 'left-0 bg-up-soft')}
        style={{ width: `${Math.max(2, (level.quantity / most) * 100)}%` }}
      />
      <span className={cn('num absolute inset-0 flex items-center gap-1 px-2', side === 'ask' ? 'justify-end' : 'justify-start')}>
        {own > 0 && (
          <span
            className="rounded bg-paper-mode px-1 font-bold text-2xs text-on-paper-mode"
            title={t('ownOrders', { quantity: formatNumber(own) })}
          >
            {formatNumber(own)}
          </span>
        )}
        {formatNumber(level.quantity)}
      </span>
    </div>
  );
  return (
    <tr className="h-6">
      <td>{side === 'ask' && bar}</td>
      <td className={cn('p-0', isLast && 'outline outline-1 outline-line-strong')}>
        <button
          type="button"
          onClick={() => onPick(level.price)}
          aria-label={t('pick', { price: formatNumber(level.price) })}
          className={cn(
            'num flex h-6 w-full items-center justify-center gap-1.5 hover:bg-raised focus-visible:outline-offset-[-2px]',
            changeColour(change),
          )}
        >
          <span className="font-semibold">{formatNumber(level.price)}</span>
          <span className="hidden text-2xs sm:inline">{formatPercent(change / base)}</span>
        </button>
      </td>
      <td>{side === 'bid' && bar}</td>
    </tr>
  );
}
