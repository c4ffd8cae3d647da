'use client';
import { useTranslations } from 'next-intl';
import { useDesk } from '#components/desk/desk-context.tsx';
import { formatAge } from '#components/numbers/format.ts';
import { Badge, type BadgeTone } from '#components/ui/badge.tsx';
import type { OrderStatus } from '#domain/order/order.ts';
import type { OrderView } from '#lib/db/orders.ts';
import { useNow } from '#lib/realtime/use-now.ts';

const TONE: Record<OrderStatus, BadgeTone> = {
  pending: 'neutral',
  submitting: 'neutral',
  unknown: 'warn',
  accepted: 'brand',
  partially_filled: 'brand',
  cancel_pending: 'neutral',
  replace_pending: 'neutral',
  executed: 'ok',
  cancelled: 'neutral',
  replaced: 'neutral',
  rejected: 'danger',
  denied: 'danger',
  expired: 'neutral',
};

type StatusOrder = Pick<OrderView, 'status' | 'sendAt' | 'outcomeUnknown' | 'submittedAt' | 'updatedAt' | 'cancelRequestedAt'>;

/** The state of an order in words; an unknown outcome is amber, counts its age and forbids a second try. */
export function OrderStatusBadge({ order }: { order: StatusOrder }) {
  const t = useTranslations('orders');
  const isUnknown = order.status === 'unknown' || order.outcomeUnknown;
  if (isUnknown) return <UnknownBadge since={order.submittedAt ?? order.updatedAt} />;
  if (order.status === 'pending' && order.sendAt) return <Badge tone="brand">{t('status.reserved')}</Badge>;
  if (order.cancelRequestedAt && (order.status === 'submitting' || order.status === 'accepted' || order.status === 'partially_filled'))
    return <Badge tone="neutral">{t('status.cancel_pending')}</Badge>;
  return <Badge tone={TONE[order.status]}>{t(`status.${order.status}`)}</Badge>;
}

function UnknownBadge({ since }: { since: string }) {
  const t = useTranslations('orders');
  const { locale } = useDesk();
  const now = useNow(1_000);
  return (
    <Badge tone="warn" title={t('unknownHelp')}>
      {t('status.unknown')} {now !== null && <span className="num">{formatAge(now - Date.parse(since), locale)}</span>}
    </Badge>
  );
}
