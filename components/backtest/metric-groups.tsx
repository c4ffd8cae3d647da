'use client';
import { useTranslations } from 'next-intl';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { METRIC_NAMES, METRICS, type MetricGroup } from '#domain/backtest/metrics/definitions.ts';
import type { MetricsView } from '#lib/db/backtests.ts';
import { Kpi } from './kpi.tsx';

/** Costs have a card of their own. */
const GROUPS = ['return', 'risk', 'ratio', 'trade', 'activity'] as const satisfies readonly MetricGroup[];

/** Every figure of the run, by what it speaks of. */
export function MetricGroups({ metrics }: { metrics: MetricsView }) {
  const t = useTranslations('report.metrics');
  return (
    <Card className="overflow-hidden">
      <CardHeader title={t('title')} detail={t('detail')} />
      {GROUPS.map((group) => (
        <section key={group} aria-label={t(`group.${group}`)} className="border-b last:border-b-0">
          <h3 className="bg-sunken px-4 py-1.5 font-medium text-muted text-xs">{t(`group.${group}`)}</h3>
          <dl className="grid grid-cols-2 sm:grid-cols-3 lg:grid-cols-5">
            {METRIC_NAMES.filter((name) => METRICS[name].group === group).map((name) => (
              <Kpi key={name} name={name} metrics={metrics} />
            ))}
          </dl>
        </section>
      ))}
    </Card>
  );
}
