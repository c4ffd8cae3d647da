'use client';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useExitReason } from '#components/backtest/use-exit-reason.ts';
import { formatNumber, formatTime } from '#components/numbers/format.ts';
import { Badge, type BadgeTone } from '#components/ui/badge.tsx';
import type { RunView } from '#lib/db/deployments-web.ts';

const OUTCOMES = ['claimed', 'no_signal', 'ordered', 'skipped', 'failed'] as const;
type Outcome = (typeof OUTCOMES)[number];
const TONES: Record<Outcome, BadgeTone> = { claimed: 'brand', no_signal: 'neutral', ordered: 'ok', skipped: 'warn', failed: 'danger' };
const isOutcome = (value: string): value is Outcome => (OUTCOMES as readonly string[]).includes(value);

/** Members of a decision that have their own place in the line; the rest is shown as it is. */
const PLACED = ['side', 'symbol', 'code', 'stock_code', 'quantity', 'reason', 'row', 'orderId', 'referencePrice'];

/** The last evaluations: when, what came of each, and each decision with its figures. */
export function RunList({ runs, symbolName }: { runs: readonly RunView[]; symbolName: (symbol: string) => string }) {
  const t = useTranslations('auto.runs');
  return (
    <section aria-label={t('title')} className="min-w-0 border-t lg:border-t-0">
      <h3 className="px-4 pt-3 pb-1 font-medium text-sm">{t('title')}</h3>
      {runs.length === 0 ? (
        <p className="px-4 py-6 text-center text-muted text-sm">{t('empty')}</p>
      ) : (
        <ol className="divide-y text-sm">
          {runs.map((run) => (
            <li key={run.tick} className="px-4 py-2">
              <div className="flex flex-wrap items-center gap-2">
                <span className="num text-muted text-xs">{formatTime(run.tick)}</span>
                {isOutcome(run.outcome) ? (
                  <Badge tone={TONES[run.outcome]}>{t(`outcome.${run.outcome}`)}</Badge>
                ) : (
                  <Badge>{run.outcome}</Badge>
                )}
                {run.reason && <span className="min-w-0 text-muted text-xs">{run.reason}</span>}
              </div>
              {run.decisions.length > 0 && (
                <ul className="mt-1 flex flex-col gap-0.5">
                  {run.decisions.map((decision) => (
                    <li key={JSON.stringify(decision)} className="text-xs">
                      <Decision decision={decision} symbolName={symbolName} />
                    </li>
                  ))}
                </ul>
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Decision({ decision, symbolName }: { decision: Readonly<Record<string, unknown>>; symbolName: (symbol: string) => string }) {
  const t = useTranslations('common');
  const tRuns = useTranslations('auto.runs');
  const exitReason = useExitReason();
  const { side, quantity, reason, orderId, referencePrice } = decision;
  const code = [decision.code, decision.symbol, decision.stock_code].find((value) => typeof value === 'string');
  const figures = Object.entries(decision).filter(([name, value]) => !PLACED.includes(name) && typeof value !== 'object');
  const why = typeof reason !== 'string' ? '' : reason === 'entry_signal' ? tRuns('entrySignal') : exitReason(reason);
  return (
    <span className="num">
      {side === 'buy' || side === 'sell' ? (
        <span className={side === 'buy' ? 'font-medium text-up' : 'font-medium text-down'}>{t(side)} </span>
      ) : null}
      {typeof code === 'string' && `${symbolName(code)} `}
      {typeof quantity === 'number' && `${quantity}${t('shares')} `}
      <span className="text-faint">
        {[
          why,
          typeof referencePrice === 'number' ? tRuns('at', { price: formatNumber(referencePrice) }) : '',
          ...figures.map(([name, value]) => `${name} ${String(value)}`),
        ]
          .filter(Boolean)
          .join(' · ')}
      </span>
      {typeof orderId === 'string' && (
        <Link href={`/orders/${orderId}`} className="ml-2 text-brand hover:underline">
          {tRuns('order')}
        </Link>
      )}
    </span>
  );
}
