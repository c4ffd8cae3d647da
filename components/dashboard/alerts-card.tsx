'use client';
import { AlertTriangle, Bell, Info } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { StaleStrip } from '#components/desk/stale-strip.tsx';
import { formatTime } from '#components/numbers/format.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { cn } from '#components/ui/class-names.ts';
import { EmptyState } from '#components/ui/states.tsx';
import { type NotificationView, notificationRow, platformRepo } from '#lib/db/platform.ts';
import { useDb, useRealtime } from '#lib/realtime/context.tsx';
import { notificationsTopic } from '#lib/realtime/topics.ts';
import { useReading } from '#lib/realtime/use-reading.ts';
import { useTopic } from '#lib/realtime/use-topic.ts';
import { notificationText } from './notification-text.ts';

const ICON = { info: Info, warning: AlertTriangle, critical: AlertTriangle } as const;

/** What a person should hear of, newest first. */
export function AlertsCard({ initial }: { initial: readonly NotificationView[] }) {
  const t = useTranslations('dashboard');
  const db = useDb();
  const { userId } = useRealtime();
  const [rows, setRows] = useState(initial);
  const { reread, overlay, staleSince } = useReading(() => platformRepo(db).notifications(), setRows);
  useTopic(
    notificationsTopic(userId),
    { notification_added: notificationRow },
    ({ payload }) => overlay(() => setRows((shown) => [payload, ...shown.filter((row) => row.id !== payload.id)].slice(0, 20))),
    reread,
  );
  const unread = rows.filter((row) => row.readAt === null);
  const markAll = async () => {
    try {
      await platformRepo(db).markRead(unread.map((row) => row.id));
      const now = new Date().toISOString();
      overlay(() => setRows((shown) => shown.map((row) => ({ ...row, readAt: row.readAt ?? now }))));
    } catch {
      toast.error(t('markFailed'));
    }
  };
  return (
    <Card>
      <CardHeader
        title={t('alerts')}
        detail={unread.length > 0 ? t('unread', { count: unread.length }) : undefined}
        actions={
          unread.length > 0 ? (
            <Button size="sm" variant="ghost" onClick={markAll}>
              {t('markRead')}
            </Button>
          ) : undefined
        }
      />
      <StaleStrip since={staleSince} />
      {rows.length === 0 ? (
        <EmptyState icon={<Bell />} title={t('noAlerts')}>
          {t('noAlertsBody')}
        </EmptyState>
      ) : (
        <ul className="max-h-96 divide-y overflow-y-auto">
          {rows.map((row) => {
            const Icon = ICON[row.severity];
            return (
              <li key={row.id} className={cn('flex gap-2.5 px-4 py-2.5 text-sm', row.readAt !== null && 'text-muted')}>
                <Icon
                  className={cn(
                    'mt-0.5 size-4 shrink-0',
                    row.severity === 'info' ? 'text-brand' : row.severity === 'warning' ? 'text-warn' : 'text-danger',
                  )}
                  aria-label={t(`severity.${row.severity}`)}
                />
                <div className="min-w-0">
                  <p>{notificationText(t, row)}</p>
                  <p className="num text-2xs text-faint">
                    {formatTime(row.createdAt)}
                    {typeof row.payload.order_id === 'string' && (
                      <Link href={`/orders/${row.payload.order_id}`} className="ml-2 text-brand hover:underline">
                        {t('openOrder')}
                      </Link>
                    )}
                  </p>
                </div>
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}
