'use client';
import { AlertTriangle } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { KpiGrid } from '#components/backtest/kpi-grid.tsx';
import { metricText } from '#components/backtest/metric-value.ts';
import { EquityChart } from '#components/charts/equity-chart.tsx';
import { formatNumber } from '#components/numbers/format.ts';
import { cn } from '#components/ui/class-names.ts';
import { EmptyState } from '#components/ui/states.tsx';
import type { MetricName } from '#domain/backtest/metrics/definitions.ts';
import type { BacktestResult } from '#domain/backtest/result.ts';
import { toLocale } from '#lib/i18n/locale.ts';

/** Characters of the fingerprint that are shown; the whole stands in its title. */
const SHOWN_HASH = 12;

interface Props {
  readonly result: BacktestResult;
  /** From the question to the answer. */
  readonly ms: number;
  /** A newer document is being computed: the figures are those of the one before. */
  readonly isStale: boolean;
  readonly capital: number;
}

/** The result of one symbol: the line, six figures, what to know before believing them, and its fingerprint. Without a buy, why not. */
export function PreviewFigures({ result, ms, isStale, capital }: Props) {
  const t = useTranslations('strategies.preview');
  const { inputs, metrics, hash } = result;
  const hasBought = result.trades.length + result.open.length > 0;
  return (
    <div aria-busy={isStale} className="flex flex-col gap-3">
      <p role="status" aria-live="polite" className="sr-only">
        {!isStale && (hasBought ? <Spoken result={result} /> : t('noTrades'))}
      </p>
      <div className={cn('flex flex-col gap-3 motion-safe:transition-opacity motion-safe:delay-100', isStale && 'opacity-50')}>
        {hasBought ? (
          <>
            <EquityChart points={result.equity} capital={capital} isCompact />
            <KpiGrid metrics={metrics} />
            <Caveats diagnosis={result.diagnosis} />
          </>
        ) : (
          <NothingBought diagnosis={result.diagnosis} />
        )}
      </div>
      <dl className="num flex flex-wrap justify-between gap-x-4 gap-y-1 text-muted text-xs">
        <Fact name={t('bars')}>{formatNumber(inputs.bars)}</Fact>
        <Fact name={t('time')}>{isStale ? t('computing') : `${formatNumber(Math.max(1, Math.round(ms)))} ms`}</Fact>
        <Fact name={t('fingerprint')}>
          <code title={hash}>{hash.slice(0, SHOWN_HASH)}</code>
        </Fact>
      </dl>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="flex gap-1.5">
      <dt>{name}</dt>
      <dd className="text-text">{children}</dd>
    </div>
  );
}

/** The figures as one sentence, for those who hear them. */
function Spoken({ result }: { result: BacktestResult }) {
  const t = useTranslations('strategies.preview');
  const locale = toLocale(useLocale());
  const said = (name: MetricName) => {
    const { value } = result.metrics[name];
    return value === null ? '–' : metricText(name, value, locale).text;
  };
  return t('spoken', { total: said('totalReturn'), worst: said('maxDrawdown'), count: result.trades.length });
}

/** A flat line and zeros would look like a result. */
function NothingBought({ diagnosis }: Pick<BacktestResult, 'diagnosis'>) {
  const t = useTranslations('strategies.preview');
  const locale = toLocale(useLocale());
  return <EmptyState title={t('noTrades')}>{diagnosis.find(({ code }) => code === 'no_trades')?.[locale]}</EmptyState>;
}

/** What the engine's own diagnosis warns of. */
function Caveats({ diagnosis }: Pick<BacktestResult, 'diagnosis'>) {
  const t = useTranslations('strategies.preview');
  const locale = toLocale(useLocale());
  const warnings = diagnosis.filter(({ severity }) => severity !== 'info');
  if (warnings.length === 0) return null;
  return (
    <details className="rounded-md border border-warn/30 bg-warn-soft px-3 py-2 text-sm">
      <summary className="cursor-pointer text-warn text-xs">
        <AlertTriangle className="mr-1.5 inline size-3.5" aria-hidden />
        {t('caveats', { count: warnings.length })}
      </summary>
      <ul className="mt-1.5 flex list-disc flex-col gap-1 pl-5 text-text text-xs leading-relaxed">
        {warnings.map((warning) => (
          <li key={warning.code}>{warning[locale]}</li>
        ))}
      </ul>
    </details>
  );
}
