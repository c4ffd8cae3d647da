'use client';
import { Download } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useDesk } from '#components/desk/desk-context.tsx';
import { StaleStrip } from '#components/desk/stale-strip.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, PageHeader } from '#components/ui/card.tsx';
import { download } from '#components/ui/download.ts';
import { Input } from '#components/ui/input.tsx';
import { Select } from '#components/ui/select.tsx';
import { EmptyState, Notice } from '#components/ui/states.tsx';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '#components/ui/tabs.tsx';
import { isFinal } from '#domain/order/transitions.ts';
import { type OrderView, orderRepo } from '#lib/db/orders.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { ordersCsv } from './order-csv.ts';
import { OrdersTable } from './orders-table.tsx';

type StatusFilter = 'all' | 'open' | 'filled' | 'refused' | 'closed';
const matches = (order: OrderView, filter: StatusFilter): boolean =>
  filter === 'all' ||
  (filter === 'open' && !isFinal(order.status)) ||
  (filter === 'filled' && order.cumQuantity > 0) ||
  (filter === 'refused' && (order.status === 'denied' || order.status === 'rejected')) ||
  (filter === 'closed' && (order.status === 'cancelled' || order.status === 'expired' || order.status === 'replaced'));
const byNewest = (a: OrderView, b: OrderView) => (a.createdAt < b.createdAt ? 1 : -1);
const PAGE = 100;

/** Working, reserved and past orders; live, filtered, as CSV. */
export function OrdersScreen() {
  const t = useTranslations('orders');
  const tCommon = useTranslations('common');
  const db = useDb();
  const { orders: live, account, staleSince } = useDesk();
  const [older, setOlder] = useState<readonly OrderView[]>([]);
  const [hasMore, setHasMore] = useState(true);
  const [isLoading, setIsLoading] = useState(false);
  const [hasFailed, setHasFailed] = useState(false);
  const [scope, setScope] = useState<'all' | 'this'>('all');
  const [status, setStatus] = useState<StatusFilter>('all');
  const [typed, setTyped] = useState('');

  const all = [...live, ...older.filter((row) => !live.some((known) => known.id === row.id))].sort(byNewest);
  const wanted = typed.trim().toUpperCase();
  const shown = all.filter(
    (order) =>
      (scope === 'all' || order.accountId === account?.id) &&
      (wanted === '' || order.symbol.includes(wanted) || order.name.toUpperCase().includes(wanted)) &&
      matches(order, status),
  );
  const isReserved = (order: OrderView) => order.status === 'pending' && order.sendAt !== null;
  const working = shown.filter((order) => !isFinal(order.status) && !isReserved(order));
  const reserved = shown.filter(isReserved);

  const loadMore = async () => {
    setIsLoading(true);
    setHasFailed(false);
    try {
      const rows = await orderRepo(db).list({ before: all[all.length - 1]?.createdAt, limit: PAGE });
      setOlder((known) => [...known, ...rows]);
      setHasMore(rows.length === PAGE);
    } catch {
      setHasFailed(true);
    } finally {
      setIsLoading(false);
    }
  };
  const saveCsv = () => download(`narae-orders-${new Date().toISOString().slice(0, 10)}.csv`, ordersCsv(shown), 'text/csv;charset=utf-8');
  const toMarket = (
    <Button asChild variant="primary">
      <Link href="/market">{t('toMarket')}</Link>
    </Button>
  );

  return (
    <>
      <PageHeader
        title={t('title')}
        actions={
          <>
            <Input
              type="search"
              className="h-8 w-40"
              aria-label={t('filter.symbol')}
              placeholder={t('filter.symbol')}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
            <Select
              className="h-8 w-32"
              label={t('filter.status')}
              value={status}
              onValueChange={(value) => setStatus(value as StatusFilter)}
              options={[
                { value: 'all', label: t('filter.allStatus') },
                ...(['open', 'filled', 'refused', 'closed'] as const).map((value) => ({ value, label: t(`filter.${value}`) })),
              ]}
            />
            <Select
              className="h-8 w-32"
              label={t('filter.account')}
              value={scope}
              onValueChange={(value) => setScope(value as 'all' | 'this')}
              options={[
                { value: 'all', label: t('filter.allAccounts') },
                { value: 'this', label: t('filter.thisAccount') },
              ]}
            />
            <Button className="h-8" disabled={shown.length === 0} onClick={saveCsv}>
              <Download aria-hidden />
              {tCommon('csv')}
            </Button>
          </>
        }
      />
      <Card>
        <StaleStrip since={staleSince} />
        <Tabs defaultValue={working.length > 0 ? 'working' : 'history'}>
          <TabsList className="px-2">
            <TabsTrigger value="working">{t('tab.working', { count: working.length })}</TabsTrigger>
            <TabsTrigger value="reserved">{t('tab.reserved', { count: reserved.length })}</TabsTrigger>
            <TabsTrigger value="history">{t('tab.history')}</TabsTrigger>
          </TabsList>
          <TabsContent value="working" className="pt-0">
            {working.length === 0 ? (
              <EmptyState title={t('emptyWorking')} action={toMarket}>
                {t('emptyWorkingBody')}
              </EmptyState>
            ) : (
              <OrdersTable orders={working} label={t('tab.working', { count: working.length })} showAccount />
            )}
          </TabsContent>
          <TabsContent value="reserved" className="pt-0">
            {reserved.length === 0 ? (
              <EmptyState title={t('emptyReserved')}>{t('emptyReservedBody')}</EmptyState>
            ) : (
              <OrdersTable orders={reserved} label={t('tab.reserved', { count: reserved.length })} showAccount />
            )}
          </TabsContent>
          <TabsContent value="history" className="pt-0">
            {shown.length === 0 ? (
              <EmptyState title={t('emptyHistory')} action={toMarket}>
                {t('emptyHistoryBody')}
              </EmptyState>
            ) : (
              <OrdersTable orders={shown} label={t('tab.history')} showAccount />
            )}
            {hasFailed && (
              <Notice tone="danger" className="m-3">
                {tCommon('errorBody')}
              </Notice>
            )}
            {all.length >= PAGE && hasMore && (
              <div className="border-t p-3 text-center">
                <Button isBusy={isLoading} onClick={loadMore}>
                  {tCommon('loadMore')}
                </Button>
              </div>
            )}
          </TabsContent>
        </Tabs>
      </Card>
    </>
  );
}
