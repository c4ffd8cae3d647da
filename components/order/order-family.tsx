'use client';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useDesk } from '#components/desk/desk-context.tsx';
import { formatClock, formatShares, formatWon } from '#components/numbers/format.ts';
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx';
import type { OrderView } from '#lib/db/orders.ts';
import { OrderStatusBadge } from './order-status.tsx';

/** The order this one changes and the changes (정정) of it, as links; nothing for an order that was never changed. */
export function OrderFamily({ order, initial }: { order: OrderView; initial: readonly OrderView[] }) {
  const t = useTranslations('orders');
  const { orders, locale } = useDesk();
  const related = familyOf(order, initial, orders);
  if (related.length === 0) return null;
  return (
    <Card>
      <CardHeader title={t('detail.family')} detail={t('detail.familyHelp')} />
      <CardBody>
        <ul className="flex flex-col gap-2 text-sm">
          {related.map((row) => (
            <li key={row.id} className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <Link href={`/orders/${row.id}`} className="font-medium hover:underline">
                {t(row.id === order.parentOrderId ? 'detail.parent' : 'detail.child')}
              </Link>
              <OrderStatusBadge order={row} />
              <span className="num">
                {formatShares(row.quantity, locale)} · {row.price === null ? t('market') : formatWon(row.price, locale)}
              </span>
              <span className="num text-muted text-xs">
                {formatClock(row.createdAt)} · {row.brokerOrderId ?? '—'} · {t(`origin.${row.origin}`)}
              </span>
            </li>
          ))}
        </ul>
      </CardBody>
    </Card>
  );
}

/** The newest version of each, oldest order first. */
function familyOf(order: OrderView, initial: readonly OrderView[], live: readonly OrderView[]): readonly OrderView[] {
  const byId = new Map(initial.map((row) => [row.id, row]));
  for (const row of live) {
    const isRelated = row.parentOrderId === order.id || row.id === order.parentOrderId;
    if (isRelated && row.version >= (byId.get(row.id)?.version ?? 0)) byId.set(row.id, row);
  }
  return [...byId.values()].sort((a, b) => a.createdAt.localeCompare(b.createdAt));
}
