'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { useDesk } from '#components/desk/desk-context.tsx';
import { Change } from '#components/numbers/change.tsx';
import { formatAge, formatClock, formatNumber, formatShortWon } from '#components/numbers/format.ts';
import { OrderTicket } from '#components/order/order-ticket.tsx';
import { OrdersTable } from '#components/order/orders-table.tsx';
import { useTicketSheet } from '#components/order/ticket-sheet.tsx';
import type { TicketSide } from '#components/order/use-ticket.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx';
import { EmptyState, StaleNote } from '#components/ui/states.tsx';
import type { InstrumentView } from '#lib/db/market.ts';
import { useRealtime } from '#lib/realtime/context.tsx';
import { useNow } from '#lib/realtime/use-now.ts';
import { useQuote } from '#lib/realtime/use-quote.ts';
import { CandleChart } from './candle-chart.tsx';
import { OrderBook } from './order-book.tsx';
import { LivePrice, useInstrumentName, useIsStale } from './price-cell.tsx';

/** Candles, live quote, book and ticket of one symbol. */
export function SymbolScreen({ instrument }: { instrument: InstrumentView }) {
  const t = useTranslations('market');
  const { orders, account } = useDesk();
  const { openTicket } = useTicketSheet();
  const nameOf = useInstrumentName();
  const [picked, setPicked] = useState<{ price: number } | null>(null);
  const [side, setSide] = useState<TicketSide>('buy');
  useSideKeys(setSide);
  const mine = orders.filter((order) => order.symbol === instrument.symbol && order.accountId === account?.id).slice(0, 20);
  return (
    <div className="flex flex-col gap-4 pb-16 lg:pb-0">
      <QuoteHeader instrument={instrument} name={nameOf(instrument)} />
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_20rem] xl:grid-cols-[minmax(0,1fr)_16.5rem_19rem] 2xl:grid-cols-[minmax(0,1fr)_20rem_21rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <CandleChart symbol={instrument.symbol} />
          <Card className="hidden xl:block">
            <CardHeader title={t('myOrders')} />
            {mine.length === 0 ? (
              <EmptyState title={t('noOrders')}>{t('noOrdersBody')}</EmptyState>
            ) : (
              <OrdersTable orders={mine} label={t('myOrders')} />
            )}
          </Card>
        </div>
        <OrderBook instrument={instrument} onPick={(price) => setPicked({ price })} />
        <Card className="hidden self-start lg:col-start-2 lg:block xl:col-start-3">
          <CardHeader title={t('ticket')} detail={t('ticketKeys')} />
          <CardBody>
            <OrderTicket key={`${instrument.symbol}${side}`} instrument={instrument} initialSide={side} picked={picked} />
          </CardBody>
        </Card>
        <Card className="lg:col-start-1 lg:row-start-2 xl:hidden">
          <CardHeader title={t('myOrders')} />
          {mine.length === 0 ? (
            <EmptyState title={t('noOrders')}>{t('noOrdersBody')}</EmptyState>
          ) : (
            <OrdersTable orders={mine} label={t('myOrders')} />
          )}
        </Card>
      </div>
      <div className="fixed inset-x-0 bottom-14 z-20 grid grid-cols-2 gap-2 border-t bg-surface p-2 pb-3 md:bottom-0 lg:hidden">
        <Button variant="buy" size="lg" onClick={() => openTicket({ symbol: instrument.symbol, side: 'buy' })}>
          {t('buy')}
        </Button>
        <Button variant="sell" size="lg" onClick={() => openTicket({ symbol: instrument.symbol, side: 'sell' })}>
          {t('sell')}
        </Button>
      </div>
    </div>
  );
}

/** B and S turn the ticket, outside of fields. */
function useSideKeys(setSide: (side: TicketSide) => void) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        (event.target instanceof HTMLElement && event.target.closest('input,textarea,[role=dialog]'))
      )
        return;
      if (event.key === 'b' || event.key === 'B') setSide('buy');
      if (event.key === 's' || event.key === 'S') setSide('sell');
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [setSide]);
}

function QuoteHeader({ instrument, name }: { instrument: InstrumentView; name: string }) {
  const t = useTranslations('market');
  const { locale } = useDesk();
  const { quotes } = useRealtime();
  const quote = useQuote(instrument.symbol, true);
  const isStale = useIsStale(instrument.symbol);
  const now = useNow(5_000);
  const age = now === null ? null : quotes.feedAgeMs(instrument.symbol, now);
  const figures = [
    ['open', quote?.open ? formatNumber(quote.open) : '—'],
    ['high', quote?.high ? formatNumber(quote.high) : '—'],
    ['low', quote?.low ? formatNumber(quote.low) : '—'],
    ['volume', quote ? formatNumber(quote.volume) : '—'],
    ['value', quote ? formatShortWon(quote.value, locale) : '—'],
    ['upper', formatNumber(instrument.upperLimit)],
    ['lower', formatNumber(instrument.lowerLimit)],
  ] as const;
  return (
    <Card className="overflow-hidden">
      {isStale && age !== null && <StaleNote>{t('stale', { age: formatAge(age, locale) })}</StaleNote>}
      <div className="flex flex-wrap items-center gap-x-8 gap-y-3 px-4 py-3">
        <div className="min-w-0">
          <h1 className="flex flex-wrap items-center gap-2 font-semibold text-lg tracking-tight">
            {name} <span className="num font-normal text-faint text-sm">{instrument.symbol}</span>
            <Badge>{instrument.market}</Badge>
            {instrument.isSynthetic && <Badge tone="brand">{t('syntheticBadge')}</Badge>}
            {(instrument.isHalted || quote?.isHalted) && <Badge tone="danger">{t('halted')}</Badge>}
          </h1>
          <p className="flex items-baseline gap-2">
            <LivePrice symbol={instrument.symbol} fallback={instrument.basePrice} className="-ml-1 min-w-0 font-bold text-2xl" />
            {quote && <Change change={quote.change} rate={quote.changeRate} />}
          </p>
        </div>
        <dl className="grid grid-cols-4 gap-x-6 gap-y-1 text-xs sm:flex sm:flex-wrap">
          {figures.map(([key, value]) => (
            <div key={key}>
              <dt className="text-faint">{t(`ohlc.${key}`)}</dt>
              <dd className="num">{value}</dd>
            </div>
          ))}
        </dl>
        <p className="num ml-auto text-faint text-xs">
          {quote ? t('asOf', { time: formatClock(quote.tradedAt ?? quote.heardAt) }) : t('noQuote')}
        </p>
      </div>
    </Card>
  );
}
