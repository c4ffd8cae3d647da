import { Card } from '#components/ui/card.tsx';
import type { MetricsView } from '#lib/db/backtests.ts';
import { Kpi } from './kpi.tsx';

const HEAD = ['totalReturn', 'cagr', 'maxDrawdown', 'sharpe', 'winRate', 'trades'] as const;

/** The six figures people look for first. */
export function KpiGrid({ metrics }: { metrics: MetricsView }) {
  return (
    <Card className="overflow-hidden">
      <dl className="grid grid-cols-2 gap-px bg-line sm:grid-cols-3 xl:grid-cols-6">
        {HEAD.map((name) => (
          <Kpi key={name} name={name} metrics={metrics} isHead />
        ))}
      </dl>
    </Card>
  );
}
