'use client';
import { ArrowLeft } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useDesk } from '#components/desk/desk-context.tsx';
import { ModeBadge } from '#components/desk/mode-badge.tsx';
import { StaleStrip } from '#components/desk/stale-strip.tsx';
import { formatClockMs, formatNumber, formatShares, formatTime, formatWon } from '#components/numbers/format.ts';
import { Card, CardBody, CardHeader, PageHeader } from '#components/ui/card.tsx';
import { cn } from '#components/ui/class-names.ts';
import { EmptyState, Notice } from '#components/ui/states.tsx';
import { Table, Td, THead, Th, Tr } from '#components/ui/table.tsx';
import { type DenialNumbers, denialSentence } from '#domain/risk/denials.ts';
import { type OrderEventView, type OrderView, orderRepo, orderRow } from '#lib/db/orders.ts';
import { useDb, useRealtime } from '#lib/realtime/context.tsx';
import { ordersTopic } from '#lib/realtime/topics.ts';
import { useReading } from '#lib/realtime/use-reading.ts';
import { useTopic } from '#lib/realtime/use-topic.ts';
import { ChangeButton } from './change-order.tsx';
import { OrderFamily } from './order-family.tsx';
import { OrderStatusBadge } from './order-status.tsx';
import { CancelButton } from './orders-table.tsx';
import { ResolveUnknown } from './resolve-unknown.tsx';

/** One order: where it stands, and its flight recorder, which grows while one looks. */
export function OrderDetail({
  initial,
  initialEvents,
  initialFamily,
}: {
  initial: OrderView;
  initialEvents: readonly OrderEventView[];
  initialFamily: readonly OrderView[];
}) {
  const t = useTranslations('orders');
  const tCommon = useTranslations('common');
  const db = useDb();
  const { userId } = useRealtime();
  const { orders, accounts, locale, showOrder } = useDesk();
  const [events, setEvents] = useState(initialEvents);
  const known = orders.find((row) => row.id === initial.id);
  const order = known && known.version >= initial.version ? known : initial;
  const account = accounts.find((row) => row.id === order.accountId);
  const { reread, staleSince } = useReading(() => orderRepo(db).events(initial.id), setEvents);
  useTopic(ordersTopic(userId), { order_changed: orderRow }, ({ payload }) => payload.id === initial.id && void reread(), reread);

  const facts: readonly [string, React.ReactNode][] = [
    [tCommon('account'), account ? `${account.label || account.mask} (${account.mask})` : '—'],
    [tCommon('quantity'), formatShares(order.quantity, locale)],
    [t('col.price'), order.price === null ? t('market') : formatWon(order.price, locale)],
    [t('col.filled'), formatShares(order.cumQuantity, locale)],
    [t('col.average'), order.averagePrice === null ? '—' : formatWon(Math.round(order.averagePrice), locale)],
    [tCommon('amount'), formatWon(order.cumAmount, locale)],
    [t('detail.cancelled'), formatShares(order.cancelledQuantity, locale)],
    ...(order.replacedQuantity > 0 ? ([[t('detail.replaced'), formatShares(order.replacedQuantity, locale)]] as [string, string][]) : []),
    [t('col.origin'), t(`origin.${order.origin}`)],
    [t('detail.brokerNo'), order.brokerOrderId ?? '—'],
    [t('detail.created'), formatTime(order.createdAt)],
    ...(order.sendAt ? ([[t('detail.sendAt'), formatTime(order.sendAt)]] as [string, string][]) : []),
    [t('detail.submitted'), order.submittedAt ? formatClockMs(order.submittedAt) : '—'],
    [t('detail.acknowledged'), order.acknowledgedAt ? formatClockMs(order.acknowledgedAt) : '—'],
    [t('detail.executed'), order.executedAt ? formatClockMs(order.executedAt) : '—'],
  ];
  return (
    <>
      <Link href="/orders" className="mb-2 inline-flex items-center gap-1 text-muted text-sm hover:text-text">
        <ArrowLeft className="size-4" aria-hidden />
        {t('detail.back')}
      </Link>
      <PageHeader
        title={
          <span className="flex flex-wrap items-center gap-2">
            {account && <ModeBadge isPaper={account.isPaper} />}
            <span className={order.side === 'buy' ? 'text-up' : 'text-down'}>{tCommon(order.side)}</span>
            <Link href={`/market/${order.symbol}`} className="hover:underline">
              {order.name}
            </Link>
            <OrderStatusBadge order={order} />
          </span>
        }
        description={<span className="num">{order.id}</span>}
        actions={
          <span className="flex flex-wrap gap-2">
            <ChangeButton order={order} />
            <CancelButton order={order} />
          </span>
        }
      />
      <div className="flex flex-col gap-4">
        {order.denialCode && (
          <Notice tone="danger">{denialSentence(order.denialCode, order.denialNumbers as DenialNumbers, locale)}</Notice>
        )}
        {order.status === 'rejected' && order.brokerMessage && (
          <Notice tone="danger">{t('detail.brokerSaid', { message: `${order.brokerCode ?? ''} ${order.brokerMessage}` })}</Notice>
        )}
        {order.status === 'unknown' && (
          <Notice tone="warn">
            <p className="font-semibold">{t('detail.unknownTitle')}</p>
            <p className="mt-1 mb-2">{t('unknownHelp')}</p>
            <ResolveUnknown order={order} isReal={account?.isPaper === false} onSettled={showOrder} />
          </Notice>
        )}
        <OrderFamily order={order} initial={initialFamily} />
        <div className="grid gap-4 lg:grid-cols-[20rem_minmax(0,1fr)]">
          <Card className="self-start">
            <CardHeader title={t('detail.title')} />
            <CardBody>
              <dl className="flex flex-col gap-1.5 text-sm">
                {facts.map(([name, value]) => (
                  <div key={name} className="flex justify-between gap-4">
                    <dt className="shrink-0 text-muted">{name}</dt>
                    <dd className="num text-right">{value}</dd>
                  </div>
                ))}
              </dl>
            </CardBody>
          </Card>
          <Card>
            <CardHeader title={t('detail.recorder')} detail={t('detail.recorderHelp')} />
            <StaleStrip since={staleSince} />
            <FlightRecorder events={events} />
          </Card>
        </div>
      </div>
    </>
  );
}

function FlightRecorder({ events }: { events: readonly OrderEventView[] }) {
  const t = useTranslations('orders');
  const first = events[0];
  if (!first) return <EmptyState title={t('detail.noEvents')}>{t('detail.noEventsBody')}</EmptyState>;
  const start = Date.parse(first.at);
  return (
    <Table label={t('detail.recorder')}>
      <THead>
        <tr>
          <Th>{t('col.time')}</Th>
          <Th isNumber>{t('detail.sinceStart')}</Th>
          <Th isNumber>{t('detail.step')}</Th>
          <Th>{t('detail.event')}</Th>
          <Th>{t('detail.source')}</Th>
          <Th>{t('detail.change')}</Th>
          <Th>{t('detail.cause')}</Th>
        </tr>
      </THead>
      <tbody>
        {events.map((event, at) => {
          const before = events[at - 1];
          return (
            <Tr key={event.seq}>
              <Td className="num">{formatClockMs(event.at)}</Td>
              <Td isNumber className="text-muted">
                +{formatNumber(Date.parse(event.at) - start)} ms
              </Td>
              <Td isNumber className="text-faint">
                {before ? `+${formatNumber(Date.parse(event.at) - Date.parse(before.at))} ms` : ''}
              </Td>
              <Td title={event.type}>{t.has(`event.${event.type as 'placed'}`) ? t(`event.${event.type as 'placed'}`) : event.type}</Td>
              <Td>{t.has(`source.${event.source as 'user'}`) ? t(`source.${event.source as 'user'}`) : event.source}</Td>
              <Td className="text-xs">
                {event.toStatus && event.fromStatus !== event.toStatus
                  ? `${statusWord(t, event.fromStatus)} → ${statusWord(t, event.toStatus)}`
                  : ''}
              </Td>
              <Td className={cn('max-w-96 truncate font-mono text-2xs text-muted')} title={JSON.stringify(event.payload)}>
                {payloadText(event.payload)}
              </Td>
            </Tr>
          );
        })}
      </tbody>
    </Table>
  );
}

function statusWord(t: ReturnType<typeof useTranslations<'orders'>>, status: string | null): string {
  if (!status) return '·';
  return t.has(`status.${status as 'pending'}`) ? t(`status.${status as 'pending'}`) : status;
}

/** `key value` pairs of an event, short enough for one line. */
function payloadText(payload: Record<string, unknown>): string {
  return Object.entries(payload)
    .filter(([, value]) => value !== null && value !== '')
    .map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(' · ');
}
