'use client';
import { X } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { useDesk } from '#components/desk/desk-context.tsx';
import { formatClock, formatDay, formatNumber } from '#components/numbers/format.ts';
import { Button } from '#components/ui/button.tsx';
import { cn } from '#components/ui/class-names.ts';
import { Table, Td, THead, Th, Tr } from '#components/ui/table.tsx';
import { isFinal } from '#domain/order/transitions.ts';
import { type DenialNumbers, denialSentence } from '#domain/risk/denials.ts';
import type { OrderView } from '#lib/db/orders.ts';
import { ChangeButton } from './change-order.tsx';
import { OrderStatusBadge } from './order-status.tsx';
import { cancelOrder } from './send-order.ts';

/** Orders as rows, newest first; each leads to its flight recorder. */
export function OrdersTable({
  orders,
  label,
  showAccount = false,
}: {
  orders: readonly OrderView[];
  label: string;
  showAccount?: boolean;
}) {
  const t = useTranslations('orders');
  const tCommon = useTranslations('common');
  const { accounts, locale } = useDesk();
  const accountName = (id: string | null) =>
    accounts.find((row) => row.id === id)?.label || accounts.find((row) => row.id === id)?.mask || '—';
  return (
    <Table label={label}>
      <THead>
        <tr>
          <Th>{t('col.time')}</Th>
          <Th>{t('col.symbol')}</Th>
          <Th>{t('col.side')}</Th>
          <Th>{t('col.status')}</Th>
          <Th isNumber>{t('col.filled')}</Th>
          <Th isNumber>{t('col.price')}</Th>
          <Th isNumber>{t('col.average')}</Th>
          {showAccount && <Th>{t('col.account')}</Th>}
          <Th>
            <span className="sr-only">{t('col.actions')}</span>
          </Th>
        </tr>
      </THead>
      <tbody>
        {orders.map((order) => (
          <Tr key={order.id} className={cn(order.status === 'unknown' && 'bg-warn-soft/60')}>
            <Td className="num text-muted text-xs">
              <span title={formatDay(order.createdAt)}>{formatDay(order.createdAt).slice(5)} </span>
              {formatClock(order.createdAt)}
            </Td>
            <Td>
              <Link href={`/orders/${order.id}`} className="font-medium hover:underline">
                {order.name}
              </Link>{' '}
              <span className="num text-faint text-xs">{order.symbol}</span>
            </Td>
            <Td className={cn('font-medium', order.side === 'buy' ? 'text-up' : 'text-down')}>{tCommon(order.side)}</Td>
            <Td>
              <OrderStatusBadge order={order} />
              {order.denialCode && (
                <span
                  className={cn('ml-1.5 inline-block truncate align-middle text-muted text-xs', showAccount ? 'max-w-72' : 'max-w-32')}
                  title={denialSentence(order.denialCode, order.denialNumbers as DenialNumbers, locale)}
                >
                  {denialSentence(order.denialCode, order.denialNumbers as DenialNumbers, locale)}
                </span>
              )}
            </Td>
            <Td isNumber>
              {formatNumber(order.cumQuantity)}
              <span className="text-faint"> / {formatNumber(order.quantity)}</span>
              {order.provisionalQuantity > 0 && (
                <span className="block text-2xs text-warn">
                  {t('estimatedFill', { quantity: formatNumber(order.provisionalQuantity) })}
                </span>
              )}
            </Td>
            <Td isNumber>{order.price === null ? t('market') : formatNumber(order.price)}</Td>
            <Td isNumber>{order.averagePrice === null ? '—' : formatNumber(order.averagePrice)}</Td>
            {showAccount && <Td className="text-muted text-xs">{accountName(order.accountId)}</Td>}
            <Td className="text-right">
              <span className="inline-flex flex-wrap justify-end gap-1">
                <ChangeButton order={order} />
                <CancelButton order={order} />
              </span>
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

/** Asks for the cancel of one order; takes the same room before and after. */
export function CancelButton({ order }: { order: OrderView }) {
  const t = useTranslations('orders');
  const { showOrder } = useDesk();
  const [isBusy, setIsBusy] = useState(false);
  if (isFinal(order.status)) return null;
  const isAsked = order.cancelRequestedAt !== null;
  const cancel = async () => {
    setIsBusy(true);
    const result = await cancelOrder(order.id);
    setIsBusy(false);
    if (result.kind === 'placed') {
      showOrder(result.order);
      toast.success(t('cancelAsked'));
    } else {
      if (result.kind === 'refused' && result.order) showOrder(result.order);
      toast.error(result.kind === 'refused' ? result.message : t('cancelFailed'));
    }
  };
  return (
    <Button size="sm" variant="secondary" isBusy={isBusy} disabled={isAsked} onClick={cancel}>
      {!isBusy && <X aria-hidden />}
      {t(isAsked ? 'cancelling' : 'cancel')}
    </Button>
  );
}
