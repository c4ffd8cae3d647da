'use client';
import { AlertTriangle, CheckCircle2, Info, OctagonAlert } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { formatNumber, formatPercent, formatWon } from '#components/numbers/format.ts';
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx';
import { Notice } from '#components/ui/states.tsx';
import type { BacktestDetail, BacktestSummary, DiagnosisView, MetricsView } from '#lib/db/backtests.ts';
import { toLocale } from '#lib/i18n/locale.ts';

const SEVERITIES = [
  { severity: 'error', icon: OctagonAlert, colour: 'text-danger' },
  { severity: 'warning', icon: AlertTriangle, colour: 'text-warn' },
  { severity: 'info', icon: Info, colour: 'text-muted' },
] as const;

/** What a sceptic would ask first, worst first, and whether the run looked into the future. */
export function DiagnosisCard({ diagnosis, lookAhead }: { diagnosis: readonly DiagnosisView[]; lookAhead: BacktestSummary['lookAhead'] }) {
  const t = useTranslations('report.diagnosis');
  const locale = toLocale(useLocale());
  const findings = diagnosis.filter(({ code }) => code !== 'look_ahead'); // the notice says it
  return (
    <Card>
      <CardHeader title={t('title')} detail={t('detail')} />
      <CardBody className="flex flex-col gap-3">
        <Notice tone={lookAhead.verdict === 'clean' ? 'ok' : lookAhead.verdict === 'leak' ? 'danger' : 'warn'}>
          {lookAhead.verdict === 'leak'
            ? t('leak', { time: lookAhead.firstLeak?.time ?? '', symbol: lookAhead.firstLeak?.symbol ?? '' })
            : t(lookAhead.verdict, { checked: lookAhead.checked })}
        </Notice>
        {findings.length === 0 && (
          <p className="flex items-center gap-2 text-muted text-sm">
            <CheckCircle2 className="size-4 text-ok" aria-hidden />
            {t('nothing')}
          </p>
        )}
        {SEVERITIES.map(({ severity, icon: Icon, colour }) => {
          const items = findings.filter((item) => item.severity === severity);
          if (items.length === 0) return null;
          return (
            <section key={severity}>
              <h3 className={`flex items-center gap-1.5 font-medium text-xs ${colour}`}>
                <Icon className="size-4 shrink-0" aria-hidden />
                {t(`severity.${severity}`)} <span className="num">{items.length}</span>
              </h3>
              <ul className="mt-1.5 flex list-disc flex-col gap-2 pl-5 text-sm marker:text-faint">
                {items.map((item) => (
                  <li key={item.code}>{item[locale]}</li>
                ))}
              </ul>
            </section>
          );
        })}
      </CardBody>
    </Card>
  );
}

/** Commission, tax and slippage apart, and together against the capital. */
export function CostsCard({ metrics, capital }: { metrics: MetricsView; capital: number }) {
  const t = useTranslations('report.costs');
  const locale = toLocale(useLocale());
  const parts = (['commission', 'tax', 'slippage'] as const).map((name) => ({ name, won: metrics[name]?.value ?? 0 }));
  const total = parts.reduce((sum, { won }) => sum + won, 0);
  return (
    <Card>
      <CardHeader title={t('title')} detail={t('share', { share: formatPercent(total / capital).replace('+', '') })} />
      <CardBody>
        <div className="flex h-3 overflow-hidden rounded-sm bg-sunken" aria-hidden>
          {parts.map(({ name, won }) => (
            <span
              key={name}
              className={name === 'commission' ? 'bg-brand' : name === 'tax' ? 'bg-warn' : 'bg-faint'}
              style={{ width: `${total > 0 ? (won / total) * 100 : 0}%` }}
            />
          ))}
        </div>
        <dl className="mt-3 flex flex-col gap-1.5 text-sm">
          {parts.map(({ name, won }) => (
            <div key={name} className="flex items-center justify-between gap-2">
              <dt className="flex items-center gap-2 text-muted">
                <span
                  aria-hidden
                  className={`size-2.5 rounded-sm ${name === 'commission' ? 'bg-brand' : name === 'tax' ? 'bg-warn' : 'bg-faint'}`}
                />
                {t(name)}
              </dt>
              <dd className="num">{formatWon(Math.round(won), locale)}</dd>
            </div>
          ))}
          <div className="flex justify-between gap-2 border-t pt-1.5 font-medium">
            <dt>{t('total')}</dt>
            <dd className="num">{formatWon(Math.round(total), locale)}</dd>
          </div>
          <CostShare metrics={metrics} />
        </dl>
      </CardBody>
    </Card>
  );
}

/** What costs took of the profit before them, or why there is no such share. */
function CostShare({ metrics }: { metrics: MetricsView }) {
  const t = useTranslations('report');
  const share = metrics.costShare;
  if (!share) return null; // a run of an earlier engine
  return (
    <div className="flex justify-between gap-2">
      <dt className="text-muted">{t('metric.costShare')}</dt>
      {share.value !== null ? (
        <dd className="num">{formatPercent(share.value).replace('+', '')}</dd>
      ) : (
        <dd className="text-faint text-xs">
          {share.state === 'too_few' ? t('tooFew', { sample: share.sample, needed: share.needed }) : t('undefinedValue')}
        </dd>
      )}
    </div>
  );
}

const ORDER_COUNTS = [
  'entriesFilled',
  'entriesPartial',
  'entriesNoCash',
  'entriesNoSlot',
  'entriesLocked',
  'entriesHalted',
  'entriesNoVolume',
  'entriesExpired',
  'exitsFilled',
  'exitsPartial',
  'exitsLocked',
  'exitsHalted',
  'exitsExpired',
  'rebalanced',
  'auctionsMissing',
  'stopsAmbiguous',
  'delisted',
] as const;

/** What became of orders: why something was not bought or sold. */
export function OrdersCard({ orders }: { orders: BacktestSummary['orders'] }) {
  const t = useTranslations('report.orders');
  return (
    <Card>
      <CardHeader title={t('title')} />
      <CardBody>
        <dl className="grid gap-x-6 gap-y-1.5 text-sm sm:grid-cols-2">
          {ORDER_COUNTS.filter((name) => orders[name] !== undefined).map((name) => (
            <div key={name} className="flex justify-between gap-2">
              <dt className={orders[name] === 0 ? 'text-faint' : 'text-muted'}>{t(name)}</dt>
              <dd className={`num ${orders[name] === 0 ? 'text-faint' : ''}`}>{formatNumber(orders[name] ?? 0)}</dd>
            </div>
          ))}
        </dl>
      </CardBody>
    </Card>
  );
}

/** Everything the result depends on: the same inputs give the same bytes. */
export function InputsCard({ backtest, summary }: { backtest: BacktestDetail; summary: BacktestSummary }) {
  const t = useTranslations('report.inputs');
  const locale = toLocale(useLocale());
  const { inputs } = summary;
  const values = Object.entries(inputs.params).map(([name, value]) => `${name} = ${value}`);
  const rows: [label: string, value: string, isHash?: true][] = [
    [t('strategy'), `${inputs.strategyName}${backtest.version ? ` v${backtest.version}` : ''} · ${inputs.timeframe}`],
    [t('params'), values.join(', ') || '—'],
    [
      t('dataset'),
      t('datasetValue', {
        name: backtest.request.dataset,
        symbols: inputs.symbols,
        bars: inputs.bars,
        prices: inputs.isAdjusted ? 'adjusted' : 'raw',
      }),
    ],
    [t('period'), `${inputs.from} – ${inputs.to}`],
    [t('capital'), formatWon(inputs.capital, locale)],
    [
      t('mask'),
      inputs.mask.markets ? t('maskValue', { markets: inputs.mask.markets.join(', '), count: inputs.mask.exclude.length }) : t('noMask'),
    ],
    [
      t('rules'),
      Object.entries(inputs.rules)
        .filter(([name]) => name !== 'unsourced') // the diagnosis says it in a sentence
        .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
        .join(' · '),
    ],
    [t('engine'), `${summary.engine} · seed ${inputs.seed}`],
    [t('strategyHash'), inputs.strategyHash, true],
    [t('dataHash'), inputs.dataHash, true],
    [t('resultHash'), backtest.resultHash ?? '—', true],
  ];
  return (
    <Card>
      <CardHeader title={t('title')} detail={t('detail')} />
      <CardBody>
        <dl className="grid gap-x-4 gap-y-2 text-sm sm:grid-cols-[8rem_minmax(0,1fr)]">
          {rows.map(([label, value, isHash]) => (
            <div key={label} className="sm:contents">
              <dt className="text-muted text-xs sm:pt-0.5">{label}</dt>
              <dd className={isHash ? 'break-all font-mono text-xs leading-5' : 'num'}>{value}</dd>
            </div>
          ))}
        </dl>
      </CardBody>
    </Card>
  );
}
