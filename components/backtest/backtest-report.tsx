'use client';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { EquityChart } from '#components/charts/equity-chart.tsx';
import { MonthlyReturns } from '#components/charts/monthly-returns.tsx';
import { TradeChart } from '#components/charts/trade-chart.tsx';
import { useInstruments } from '#components/market/use-instruments.ts';
import { formatNumber, formatTime } from '#components/numbers/format.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardBody, CardHeader, PageHeader } from '#components/ui/card.tsx';
import { EmptyState, ErrorState, Notice, SkeletonRows } from '#components/ui/states.tsx';
import { type BacktestDetail, backtestRepo, type EquityPoint, type MonthPoint, type TradeView } from '#lib/db/backtests.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { GroupTable } from './group-table.tsx';
import { groupTrades, yearsOf } from './group-trades.ts';
import { KpiGrid } from './kpi-grid.tsx';
import { MetricGroups } from './metric-groups.tsx';
import { CostsCard, DiagnosisCard, InputsCard, OrdersCard } from './report-notes.tsx';
import { RerunButton } from './rerun-button.tsx';
import { TradesTable } from './trades-table.tsx';
import { useExitReason } from './use-exit-reason.ts';

interface Props {
  readonly backtest: BacktestDetail;
  readonly equity: readonly EquityPoint[];
  readonly months: readonly MonthPoint[];
}

/** The report of a finished run, in the order of a sceptic's questions. */
export function BacktestReport({ backtest, equity, months }: Props) {
  const t = useTranslations('report');
  const { summary, metrics } = backtest;
  const years = useMemo(() => yearsOf(months), [months]);
  if (!summary || !metrics) return <ErrorState title={t('incomplete')}>{t('incompleteBody')}</ErrorState>;
  return (
    <>
      <PageHeader
        title={backtest.name}
        description={
          <span className="num">
            {summary.inputs.from} – {summary.inputs.to} · {backtest.request.dataset} ·{' '}
            {backtest.finishedAt && t('finishedAt', { time: formatTime(backtest.finishedAt) })}
          </span>
        }
        actions={
          <>
            {backtest.strategyId && (
              <Button asChild>
                <Link href={`/strategies/${backtest.strategyId}`}>{t('toStrategy')}</Link>
              </Button>
            )}
            <RerunButton backtest={backtest} />
          </>
        }
      />
      <div className="flex flex-col gap-4">
        {backtest.diagnosis
          .filter(({ severity }) => severity === 'error')
          .map((item) => (
            <WorstFirst key={item.code} words={item} />
          ))}
        <KpiGrid metrics={metrics} />
        <DiagnosisCard diagnosis={backtest.diagnosis} lookAhead={summary.lookAhead} />
        <Card>
          <CardHeader title={t('equity.title')} detail={t('equity.detail')} />
          <CardBody className="p-3">
            <EquityChart points={equity} capital={summary.inputs.capital} />
          </CardBody>
        </Card>
        <Card>
          <CardHeader title={t('monthly.title')} detail={t('monthly.detail')} />
          <CardBody className="p-3">
            <MonthlyReturns months={months} years={years} />
          </CardBody>
        </Card>
        <MetricGroups metrics={metrics} />
        <Trades backtest={backtest} tradeCount={summary.tradeCount} />
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <CostsCard metrics={metrics} capital={summary.inputs.capital} />
          <OrdersCard orders={summary.orders} />
        </div>
        {summary.open.length > 0 && (
          <Notice>
            {t('stillOpen', {
              count: summary.open.length,
              symbols: summary.open
                .slice(0, 8)
                .map(({ symbol }) => symbol)
                .join(', '),
            })}
          </Notice>
        )}
        <InputsCard backtest={backtest} summary={summary} />
      </div>
    </>
  );
}

function WorstFirst({ words }: { words: { ko: string; en: string } }) {
  const locale = useLocale();
  return <Notice tone="danger">{locale === 'en' ? words.en : words.ko}</Notice>;
}

type Load = { state: 'loading' } | { state: 'failed' } | { state: 'ready'; trades: readonly TradeView[] };

/** Trades, their chart and their sums; read after the page, since there may be thousands. */
function Trades({ backtest, tradeCount }: { backtest: BacktestDetail; tradeCount: number }) {
  const t = useTranslations('report');
  const db = useDb();
  const locale = useLocale();
  const reason = useExitReason();
  const { instruments } = useInstruments();
  const [load, setLoad] = useState<Load>({ state: 'loading' });
  const [turn, setTurn] = useState(0);
  const [chosen, setChosen] = useState<number | null>(null);
  const [symbol, setSymbol] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn is a wish to read again.
  useEffect(() => {
    let isHere = true;
    backtestRepo(db)
      .trades(backtest.id)
      .then(
        (trades) => isHere && setLoad({ state: 'ready', trades }),
        () => isHere && setLoad({ state: 'failed' }),
      );
    return () => {
      isHere = false;
    };
  }, [db, backtest.id, turn]);
  const trades = load.state === 'ready' ? load.trades : [];
  const bySymbol = useMemo(() => groupTrades(trades, (trade) => trade.symbol), [trades]);
  const byReason = useMemo(() => groupTrades(trades, (trade) => trade.exitReason), [trades]);
  const names = useMemo(
    () => new Map((instruments ?? []).map((row) => [row.symbol, locale === 'en' && row.nameEn ? row.nameEn : row.nameKo])),
    [instruments, locale],
  );
  const nameOf = useCallback((code: string) => names.get(code), [names]);
  const shownSymbol = symbol ?? bySymbol[0]?.key ?? null;
  const drawn = useMemo(() => trades.filter((trade) => trade.symbol === shownSymbol), [trades, shownSymbol]);
  const choose = useCallback((trade: TradeView) => {
    setChosen(trade.seq);
    setSymbol(trade.symbol);
  }, []);

  if (load.state === 'loading')
    return (
      <Card>
        <SkeletonRows rows={6} label={t('trades.loading')} />
      </Card>
    );
  if (load.state === 'failed')
    return (
      <Card>
        <ErrorState
          title={t('trades.failed')}
          action={<Button onClick={() => setTurn((value) => value + 1)}>{t('trades.again')}</Button>}
        />
      </Card>
    );
  if (trades.length === 0 || shownSymbol === null)
    return (
      <Card>
        <EmptyState title={t('trades.empty')}>{t('trades.emptyBody')}</EmptyState>
      </Card>
    );
  return (
    <>
      <Card>
        <CardHeader
          title={t('chart.title', { symbol: nameOf(shownSymbol) ?? shownSymbol })}
          detail={t('chart.detail', { count: drawn.length })}
        />
        <TradeChart symbol={shownSymbol} trades={drawn} chosen={chosen} onChoose={setChosen} />
      </Card>
      <Card>
        <CardHeader title={t('trades.title')} detail={t('trades.count', { count: formatNumber(tradeCount) })} />
        <TradesTable trades={trades} chosen={chosen} onChoose={choose} nameOf={nameOf} fileName={`narae-${backtest.id.slice(0, 8)}`} />
      </Card>
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <Card>
          <CardHeader title={t('groups.bySymbol')} detail={t('groups.count', { count: bySymbol.length })} />
          <GroupTable
            groups={bySymbol}
            label={t('groups.bySymbol')}
            keyLabel={t('groups.symbol')}
            nameOf={(key) => nameOf(key) ?? key}
            chosen={shownSymbol}
            onChoose={(key) => {
              setSymbol(key);
              setChosen(null);
            }}
          />
        </Card>
        <Card>
          <CardHeader title={t('groups.byReason')} />
          <GroupTable groups={byReason} label={t('groups.byReason')} keyLabel={t('groups.reason')} nameOf={reason} />
        </Card>
      </div>
    </>
  );
}
