'use client';
import { useLocale, useTranslations } from 'next-intl';
import { changeColour } from '#components/numbers/change.tsx';
import { arrowOf } from '#components/numbers/format.ts';
import { cn } from '#components/ui/class-names.ts';
import { Tooltip } from '#components/ui/tooltip.tsx';
import type { MetricName } from '#domain/backtest/metrics/definitions.ts';
import type { MetricsView } from '#lib/db/backtests.ts';
import { toLocale } from '#lib/i18n/locale.ts';
import { metricText } from './metric-value.ts';

/** One figure with its definition; one with too few observations says so instead of giving a number. */
export function Kpi({ name, metrics, isHead }: { name: MetricName; metrics: MetricsView; isHead?: boolean }) {
  const t = useTranslations('report');
  const locale = toLocale(useLocale());
  const metric = metrics[name];
  const shown = metric?.value === null || metric?.value === undefined ? null : metricText(name, metric.value, locale);
  return (
    <div className={cn('bg-surface px-4', isHead ? 'py-3.5' : 'py-2.5')}>
      <dt className="text-muted text-xs">
        <Tooltip text={t(`metricHelp.${name}`)}>
          <button type="button" className="cursor-help text-left underline decoration-dotted underline-offset-2">
            {t(`metric.${name}`)}
          </button>
        </Tooltip>
      </dt>
      <dd
        className={cn(
          'num mt-0.5 truncate font-semibold',
          isHead ? 'text-xl' : 'text-sm',
          shown?.isChange && changeColour(metric?.value ?? 0),
        )}
      >
        {shown ? (
          <>
            {shown.isChange && isHead && <span className="mr-0.5 text-sm">{arrowOf(metric?.value ?? 0)}</span>}
            {shown.text}
          </>
        ) : (
          <span className="whitespace-normal font-normal text-faint text-xs">
            {metric?.state === 'too_few' ? t('tooFew', { sample: metric.sample, needed: metric.needed }) : t('undefinedValue')}
          </span>
        )}
      </dd>
    </div>
  );
}
