'use client';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { z } from 'zod';
import { useDesk } from '#components/desk/desk-context.tsx';
import { StaleStrip } from '#components/desk/stale-strip.tsx';
import { ProfitLoss } from '#components/numbers/change.tsx';
import { formatClock, formatPercent, formatShortWon, formatWon } from '#components/numbers/format.ts';
import { OrdersTable } from '#components/order/orders-table.tsx';
import { PositionsTable } from '#components/position/positions-table.tsx';
import { totalWorth, worthOf } from '#components/position/worth.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardBody, CardHeader, PageHeader, Stat } from '#components/ui/card.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import { isFinal } from '#domain/order/transitions.ts';
import { accountRepo } from '#lib/db/accounts.ts';
import { type DeploymentView, deploymentRepo } from '#lib/db/deployments.ts';
import type { NotificationView, PermissionView } from '#lib/db/platform.ts';
import { useDb, useRealtime } from '#lib/realtime/context.tsx';
import { deploymentsTopic } from '#lib/realtime/topics.ts';
import { useQuotes } from '#lib/realtime/use-quote.ts';
import { useReading } from '#lib/realtime/use-reading.ts';
import { useTopic } from '#lib/realtime/use-topic.ts';
import { AlertsCard } from './alerts-card.tsx';
import { EquityCurve, type EquityPoint } from './equity-curve.tsx';
import { NoRightsNotice } from './no-rights-notice.tsx';
import { SystemDots } from './system-dots.tsx';

export interface DashboardData {
  readonly deployments: readonly (DeploymentView & { readonly name: string })[];
  readonly alerts: readonly NotificationView[];
  readonly permission: PermissionView | null;
  /** Start of the Seoul day, from where today's figures count. */
  readonly dayStart: string;
}

/** The day at a glance: equity, profit, holdings, working orders, strategies, alerts. */
export function DashboardScreen({ initial }: { initial: DashboardData }) {
  const t = useTranslations('dashboard');
  const { account, user } = useDesk();
  return (
    <>
      <PageHeader title={t('title', { name: user.displayName || user.email.split('@')[0] || '' })} actions={<SystemDots />} />
      <NoRightsNotice initial={initial.permission} />
      {account ? (
        <div className="grid gap-4 xl:grid-cols-[minmax(0,1fr)_22rem]">
          <div className="flex min-w-0 flex-col gap-4">
            <EquityCard dayStart={initial.dayStart} />
            <PositionsCard />
            <WorkingOrdersCard />
          </div>
          <div className="flex min-w-0 flex-col gap-4">
            <StrategiesCard initial={initial.deployments} />
            <AlertsCard initial={initial.alerts} />
          </div>
        </div>
      ) : (
        <Card>
          <EmptyState
            title={t('noAccount')}
            action={
              <Button asChild variant="primary">
                <Link href="/accounts">{t('addAccount')}</Link>
              </Button>
            }
          >
            {t('noAccountBody')}
          </EmptyState>
        </Card>
      )}
    </>
  );
}

function useHeld() {
  const { positions, account } = useDesk();
  return positions.filter((row) => row.accountId === account?.id && row.quantity > 0);
}

function EquityCard({ dayStart }: { dayStart: string }) {
  const t = useTranslations('dashboard');
  const tCommon = useTranslations('common');
  const db = useDb();
  const { account, balance, locale } = useDesk();
  const held = useHeld();
  const quotes = useQuotes(held.map((row) => row.symbol));
  const accountId = account?.id;
  const asOf = balance?.asOf;
  const [curve, setCurve] = useState<{ readonly of?: string; readonly points: readonly EquityPoint[] }>({ points: [] });
  const { reread, staleSince } = useReading(
    async () => ({ of: accountId, points: accountId ? await accountRepo(db).equity(accountId, dayStart) : [] }),
    setCurve,
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new balance (asOf) means there may be a new snapshot.
  useEffect(() => void reread(), [reread, accountId, dayStart, asOf]);
  // After another account was chosen, its balance must not be measured against the morning of the one before.
  const isRead = curve.of === accountId;
  const points = isRead ? curve.points : [];
  const cost = held.reduce((sum, row) => sum + row.purchaseAmount, 0);
  const total = totalWorth(
    held.map((row) => worthOf(row, quotes.get(row.symbol)?.last)),
    cost,
  );
  const start = isRead ? (points[0]?.netAssets ?? balance?.netAssets ?? null) : null;
  const today = balance && start !== null ? balance.netAssets - start : null;
  return (
    <Card>
      <CardHeader title={t('today')} detail={balance ? tCommon('asOf', { time: formatClock(balance.asOf) }) : undefined} />
      <StaleStrip since={staleSince} />
      <div className="grid grid-cols-2 divide-line lg:grid-cols-4 lg:divide-x">
        <Stat
          label={t('netAssets')}
          value={balance ? <span title={formatWon(balance.netAssets, locale)}>{formatWon(balance.netAssets, locale)}</span> : '—'}
        />
        <Stat
          label={t('todayPnl')}
          value={today === null ? '—' : <ProfitLoss amount={today} locale={locale} />}
          detail={today !== null && start ? formatPercent(today / start) : undefined}
        />
        <Stat
          label={t('unrealized')}
          value={<ProfitLoss amount={total.profit} locale={locale} />}
          detail={total.rate === null ? undefined : formatPercent(total.rate)}
        />
        <Stat
          label={t('orderable')}
          value={balance ? formatWon(balance.orderable, locale) : '—'}
          detail={balance ? `D+2 ${formatShortWon(balance.cashD2, locale)}` : undefined}
        />
      </div>
      <div className="border-t">
        <EquityCurve points={points} locale={locale} />
      </div>
    </Card>
  );
}

function PositionsCard() {
  const t = useTranslations('dashboard');
  const held = useHeld();
  return (
    <Card>
      <CardHeader
        title={t('positions')}
        detail={t('count', { count: held.length })}
        actions={
          <Button asChild size="sm" variant="ghost">
            <Link href="/positions">{t('all')}</Link>
          </Button>
        }
      />
      {held.length === 0 ? (
        <EmptyState title={t('noPositions')}>{t('noPositionsBody')}</EmptyState>
      ) : (
        <PositionsTable positions={held} isCompact />
      )}
    </Card>
  );
}

function WorkingOrdersCard() {
  const t = useTranslations('dashboard');
  const { orders } = useDesk();
  const working = orders.filter((order) => !isFinal(order.status));
  return (
    <Card>
      <CardHeader
        title={t('working')}
        detail={t('allAccounts', { count: working.length })}
        actions={
          <Button asChild size="sm" variant="ghost">
            <Link href="/orders">{t('all')}</Link>
          </Button>
        }
      />
      {working.length === 0 ? (
        <EmptyState title={t('noWorking')}>{t('noWorkingBody')}</EmptyState>
      ) : (
        <OrdersTable orders={working} label={t('working')} />
      )}
    </Card>
  );
}

const STATE_TONE = { running: 'ok', paused: 'warn', error: 'danger', stopped: 'neutral' } as const;
const deploymentMessage = z.looseObject({ id: z.string(), state: z.enum(['running', 'paused', 'stopped', 'error']) });

function StrategiesCard({ initial }: { initial: DashboardData['deployments'] }) {
  const t = useTranslations('dashboard');
  const db = useDb();
  const { userId } = useRealtime();
  const { locale } = useDesk();
  const [rows, setRows] = useState(initial);
  const { reread, staleSince } = useReading(
    () => deploymentRepo(db).active(),
    (active) =>
      setRows((shown) =>
        active.map((row) => ({
          ...row,
          name: shown.find((known) => known.strategyId === row.strategyId)?.name ?? row.strategyId.slice(0, 8),
        })),
      ),
  );
  useTopic(deploymentsTopic(userId), { deployment_changed: deploymentMessage }, reread, reread);
  return (
    <Card>
      <CardHeader
        title={t('strategies')}
        detail={t('count', { count: rows.length })}
        actions={
          <Button asChild size="sm" variant="ghost">
            <Link href="/auto">{t('all')}</Link>
          </Button>
        }
      />
      <StaleStrip since={staleSince} />
      {rows.length === 0 ? (
        <EmptyState
          title={t('noStrategies')}
          action={
            <Button asChild>
              <Link href="/strategies">{t('toStrategies')}</Link>
            </Button>
          }
        >
          {t('noStrategiesBody')}
        </EmptyState>
      ) : (
        <CardBody className="p-0">
          <ul className="divide-y">
            {rows.map((row) => (
              <li key={row.id} className="flex items-center gap-3 px-4 py-2.5">
                <Badge tone={STATE_TONE[row.state]}>{t(`state.${row.state}`)}</Badge>
                <Link href="/auto" className="min-w-0 flex-1 truncate font-medium hover:underline">
                  {row.name} <span className="text-faint text-xs">v{row.version}</span>
                </Link>
                <span className="num text-muted text-xs" title={formatWon(row.capital, locale)}>
                  {formatShortWon(row.capital, locale)}
                </span>
              </li>
            ))}
          </ul>
        </CardBody>
      )}
    </Card>
  );
}
