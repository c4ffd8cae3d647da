'use client';
import { useTranslations } from 'next-intl';
import { Badge, type BadgeTone } from '#components/ui/badge.tsx';
import type { BacktestState } from '#lib/db/backtests.ts';

const TONES: Record<BacktestState, BadgeTone> = { queued: 'neutral', running: 'brand', done: 'ok', failed: 'danger', cancelled: 'warn' };

export interface Running {
  readonly state: BacktestState;
  readonly progress: number;
  readonly etaSeconds: number | null;
  readonly isCancelling: boolean;
}

/** State of a run; while it runs, how far it is and how long it will take. */
export function RunState({ run, className }: { run: Running; className?: string }) {
  const t = useTranslations('backtests');
  if (run.state !== 'running' && run.state !== 'queued') return <Badge tone={TONES[run.state]}>{t(`state.${run.state}`)}</Badge>;
  const percent = Math.floor(run.progress * 100);
  return (
    <div className={className}>
      <div className="flex items-center justify-between gap-2 text-xs">
        <Badge tone={TONES[run.state]}>{run.isCancelling ? t('cancelling') : t(`state.${run.state}`)}</Badge>
        <span className="num text-muted">
          {run.state === 'running' && `${percent}%`}
          {run.state === 'running' && run.etaSeconds !== null && ` · ${t('eta', { seconds: run.etaSeconds })}`}
        </span>
      </div>
      <div
        role="progressbar"
        aria-label={t('progress')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        className="mt-1 h-1.5 overflow-hidden rounded-full bg-sunken ring-1 ring-line ring-inset"
      >
        <div className="h-full bg-brand transition-[width]" style={{ width: `${percent}%` }} />
      </div>
    </div>
  );
}
