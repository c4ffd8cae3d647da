import { Card } from '#components/ui/card.tsx';
import type { MetricsView } from '#lib/db/backtests.ts';
import { Kpi } from './kpi.tsx';

const HEAD = ['totalReturn', 'cagr', 'maxDrawdown', 'sharpe', 'winRate', 'trades'] as const;

/** The six figures people look for first; as many beside each other as the place around them has room for. */
export function KpiGrid({ metrics }: { metrics: MetricsView }) {
  return (
    <Card className="@container overflow-hidden">
      <dl className="grid grid-cols-2 gap-px bg-line @lg:grid-cols-3 @4xl:grid-cols-6">
        {HEAD.map((name) => (
          <Kpi key={name} name={name} metrics={metrics} isHead />
        ))}
      </dl>
    </Card>
  );
}
