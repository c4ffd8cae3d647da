'use client';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useDesk } from '#components/desk/desk-context.tsx';
import { StaleStrip } from '#components/desk/stale-strip.tsx';
import { ProfitLoss } from '#components/numbers/change.tsx';
import { formatClock, formatPercent, formatWon } from '#components/numbers/format.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, PageHeader, Stat } from '#components/ui/card.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import type { PositionView } from '#lib/db/positions.ts';
import { useQuotes } from '#lib/realtime/use-quote.ts';
import { PositionsTable } from './positions-table.tsx';
import { StopDialog } from './stop-dialog.tsx';
import { StopList } from './stop-list.tsx';
import { useStops } from './use-stops.ts';
import { totalWorth, worthOf } from './worth.ts';

/** Holdings of the chosen account, valued by live quotes. */
export function PositionsScreen() {
  const t = useTranslations('positions');
  const tCommon = useTranslations('common');
  const { positions, account, balance, locale, staleSince } = useDesk();
  const held = positions.filter((row) => row.accountId === account?.id && row.quantity > 0);
  const quotes = useQuotes(held.map((row) => row.symbol));
  const cost = held.reduce((sum, row) => sum + row.purchaseAmount, 0);
  const total = totalWorth(
    held.map((row) => worthOf(row, quotes.get(row.symbol)?.last)),
    cost,
  );
  const realized = positions.filter((row) => row.accountId === account?.id).reduce((sum, row) => sum + row.realizedPnl, 0);
  const { stops, staleSince: stopsStaleSince, show, reload } = useStops();
  const ofAccount = stops?.filter((stop) => stop.accountId === account?.id) ?? null;
  const [protecting, setProtecting] = useState<PositionView | null>(null);
  return (
    <>
      <PageHeader title={t('title')} description={account ? `${account.label} ${account.mask}` : undefined} />
      <Card className="mb-4 grid grid-cols-2 divide-line lg:grid-cols-4 lg:divide-x">
        <Stat label={t('value')} value={formatWon(total.value, locale)} detail={t('cost', { amount: formatWon(cost, locale) })} />
        <Stat
          label={t('unrealized')}
          value={<ProfitLoss amount={total.profit} locale={locale} />}
          detail={total.rate === null ? t('beforeCosts') : `${formatPercent(total.rate)} · ${t('beforeCosts')}`}
        />
        <Stat label={t('realized')} value={<ProfitLoss amount={realized} locale={locale} />} />
        <Stat
          label={t('cash')}
          value={balance ? formatWon(balance.orderable, locale) : '—'}
          detail={
            balance ? `D+2 ${formatWon(balance.cashD2, locale)} · ${tCommon('asOf', { time: formatClock(balance.asOf) })}` : undefined
          }
        />
      </Card>
      <Card>
        <StaleStrip since={staleSince} />
        {held.length === 0 ? (
          <EmptyState
            title={t('empty')}
            action={
              <Button asChild variant="primary">
                <Link href="/market">{t('toMarket')}</Link>
              </Button>
            }
          >
            {t('emptyBody')}
          </EmptyState>
        ) : (
          <PositionsTable positions={held} onProtect={setProtecting} />
        )}
      </Card>
      {(held.length > 0 || (ofAccount && ofAccount.length > 0)) && (
        <StopList
          stops={ofAccount}
          staleSince={stopsStaleSince}
          nameOf={(symbol) => positions.find((row) => row.symbol === symbol)?.name ?? symbol}
          onCancelled={show}
          onRetry={reload}
        />
      )}
      {protecting && (
        <StopDialog
          position={protecting}
          stops={(ofAccount ?? []).filter((stop) => stop.symbol === protecting.symbol && stop.deploymentId === null)}
          onSet={show}
          onClose={() => setProtecting(null)}
        />
      )}
    </>
  );
}
