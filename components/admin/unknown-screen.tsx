'use client';
import { ArrowLeft, CircleCheck } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useDesk } from '#components/desk/desk-context.tsx';
import { ModeBadge } from '#components/desk/mode-badge.tsx';
import { StaleStrip } from '#components/desk/stale-strip.tsx';
import { useReread } from '#components/desk/use-reread.ts';
import { formatAge, formatClockMs, formatShares, formatWon } from '#components/numbers/format.ts';
import { brokerTime, candidatesOf, ResolveUnknown } from '#components/order/resolve-unknown.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Card, PageHeader } from '#components/ui/card.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import { Table, Td, THead, Th, Tr } from '#components/ui/table.tsx';
import { type UnknownOrder, unknownOrders } from '#lib/db/unknown-orders.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { useNow } from '#lib/realtime/use-now.ts';
import { useReading } from '#lib/realtime/use-reading.ts';

/** Other people's orders send no messages here, so the list is read again this often. */
const REREAD_MS = 5_000;
/** From here on an order pauses its account's entries by itself. */
const OLD_MS = 180_000;

/** Every order of unknown outcome: how old, what was tried, what it could be, and the way to settle it. */
export function UnknownScreen({ initial }: { initial: readonly UnknownOrder[] }) {
  const t = useTranslations('admin.unknown');
  const tCommon = useTranslations('common');
  const db = useDb();
  const { locale, accounts } = useDesk();
  const now = useNow(1_000);
  const [rows, setRows] = useState(initial);
  const { reread, staleSince } = useReading(() => unknownOrders(db), setRows);
  useReread(reread, REREAD_MS);
  const age = (instant: string) => (now === null ? null : Math.max(0, now - Date.parse(instant)));
  return (
    <>
      <Link href="/admin" className="mb-2 inline-flex items-center gap-1 text-muted text-sm hover:text-text">
        <ArrowLeft className="size-4" aria-hidden />
        {t('back')}
      </Link>
      <PageHeader title={t('title')} description={t('description')} />
      <Card>
        <StaleStrip since={staleSince} isPolled />
        {rows.length === 0 ? (
          <EmptyState icon={<CircleCheck />} title={t('empty')}>
            {t('emptyBody')}
          </EmptyState>
        ) : (
          <Table label={t('title')}>
            <THead>
              <tr>
                <Th isNumber>{t('age')}</Th>
                <Th>{t('whose')}</Th>
                <Th>{t('order')}</Th>
                <Th>{t('evidence')}</Th>
                <Th>{t('candidates')}</Th>
                <Th>
                  <span className="sr-only">{t('settle')}</span>
                </Th>
              </tr>
            </THead>
            <tbody>
              {rows.map(({ order, owner, accountName, isPaper, isHeld, readAt, attempts }) => {
                const old = age(order.submittedAt ?? order.createdAt);
                const candidates = candidatesOf(order);
                return (
                  <Tr key={order.id}>
                    <Td isNumber>
                      <Badge tone={old !== null && old > OLD_MS ? 'danger' : 'warn'}>{old === null ? '—' : formatAge(old, locale)}</Badge>
                    </Td>
                    <Td>
                      <span className="font-medium">{owner}</span>
                      <span className="mt-0.5 flex items-center gap-1.5 text-muted text-xs">
                        <ModeBadge isPaper={isPaper} />
                        {accountName}
                      </span>
                    </Td>
                    <Td>
                      <span className={order.side === 'buy' ? 'text-up' : 'text-down'}>{tCommon(order.side)}</span> {order.name}
                      <span className="num block text-muted text-xs">
                        {formatShares(order.quantity, locale)} · {order.price === null ? t('market') : formatWon(order.price, locale)}
                      </span>
                    </Td>
                    <Td className="text-xs">
                      {attempts.map((attempt) => (
                        <span key={attempt.startedAt} className="num block">
                          {t('attempt', { at: formatClockMs(attempt.startedAt), before: attempt.baseline })}
                          {attempt.message ? ` · ${attempt.message}` : ''}
                        </span>
                      ))}
                      <span className="block text-muted">
                        {t(isHeld ? 'lookingUp' : 'nobodyLooks')}
                        {readAt && now !== null && ` · ${t('readAgo', { age: formatAge(age(readAt) ?? 0, locale) })}`}
                      </span>
                    </Td>
                    <Td className="num text-xs">
                      {candidates.length === 0
                        ? t('noCandidates')
                        : candidates.map(({ brokerOrderId, orderTime }) => (
                            <span key={brokerOrderId} className="block">
                              {brokerOrderId} · {brokerTime(orderTime)}
                            </span>
                          ))}
                    </Td>
                    <Td className="text-right">
                      {/* Only one's own real orders need the session unlocked. */}
                      <ResolveUnknown
                        order={order}
                        isReal={!isPaper && accounts.some(({ id }) => id === order.accountId)}
                        onSettled={() => void reread()}
                      />
                    </Td>
                  </Tr>
                );
              })}
            </tbody>
          </Table>
        )}
      </Card>
    </>
  );
}
