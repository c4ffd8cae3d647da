'use client';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useDesk } from '#components/desk/desk-context.tsx';
import { StaleStrip } from '#components/desk/stale-strip.tsx';
import { useReread } from '#components/desk/use-reread.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardBody, PageHeader } from '#components/ui/card.tsx';
import { ErrorState, Notice } from '#components/ui/states.tsx';
import { type BacktestDetail, backtestMessage, backtestRepo } from '#lib/db/backtests.ts';
import { useRealtime } from '#lib/realtime/context.tsx';
import { backtestsTopic } from '#lib/realtime/topics.ts';
import { useReading } from '#lib/realtime/use-reading.ts';
import { useTopic } from '#lib/realtime/use-topic.ts';
import { CancelRun } from './backtest-board.tsx';
import { RerunButton } from './rerun-button.tsx';
import { RunState } from './run-state.tsx';

const REREAD_MS = 3_000;

/** A run without a result: waiting, running, refused or cancelled. When the result comes, the page becomes the report. */
export function BacktestWaiting({ backtest }: { backtest: BacktestDetail }) {
  const t = useTranslations('backtests');
  const router = useRouter();
  const { client, userId } = useRealtime();
  const { locale } = useDesk();
  const [now, setNow] = useState(backtest);
  useTopic(
    backtestsTopic(userId),
    { backtest_changed: backtestMessage },
    ({ payload }) => {
      if (payload.id !== backtest.id) return;
      setNow((shown) => ({ ...shown, ...payload }));
      if (payload.state !== 'running' && payload.state !== 'queued') router.refresh();
    },
    () => router.refresh(),
  );
  // After a refresh the server's row may be newer than what the messages said.
  const shown = backtest.state === 'running' || backtest.state === 'queued' ? now : backtest;
  const hasEnded = (state: string) => state !== 'queued' && state !== 'running';
  const { reread, staleSince } = useReading(
    () => backtestRepo(client).row(backtest.id),
    (row) => row && (hasEnded(row.state) ? router.refresh() : setNow((old) => ({ ...old, ...row }))),
  );
  useReread(reread, hasEnded(backtest.state) ? null : REREAD_MS);
  const isWaiting = shown.state === 'queued' || shown.state === 'running';
  const { request } = backtest;
  return (
    <>
      <PageHeader
        title={backtest.name}
        description={
          <span className="num">
            {request.from} – {request.to} · {request.dataset}
          </span>
        }
        actions={
          isWaiting ? (
            <CancelRun row={shown} onAsked={() => setNow((row) => ({ ...row, isCancelling: true }))} />
          ) : (
            <>
              {backtest.strategyId && (
                <Button asChild>
                  <Link href={`/strategies/${backtest.strategyId}`}>{t('toStrategy')}</Link>
                </Button>
              )}
              <RerunButton backtest={backtest} />
            </>
          )
        }
      />
      <Card>
        <CardBody>
          {isWaiting && (
            <div className="mx-auto max-w-xl py-8" aria-live="polite">
              <StaleStrip since={staleSince} />
              <RunState run={shown} />
              <p className="mt-3 text-muted text-sm">
                {shown.message?.[locale] ?? t(shown.state === 'queued' ? 'waitingBody' : 'runningBody')}
              </p>
            </div>
          )}
          {shown.state === 'cancelled' && <Notice tone="warn">{t('cancelledBody')}</Notice>}
          {shown.state === 'done' && <p className="text-muted text-sm">{t('opening')}</p>}
          {shown.state === 'failed' && (
            <>
              <ErrorState title={t('failedTitle')}>{shown.message?.[locale] ?? t('failedBody')}</ErrorState>
              {backtest.diagnosis.length > 0 && (
                <ul className="mx-auto flex max-w-2xl flex-col gap-2">
                  {backtest.diagnosis.map((fault) => (
                    <li key={`${fault.path}|${fault.code}|${fault.en}`} className="rounded-md border px-3 py-2 text-sm">
                      {fault.path && <code className="mr-2 text-danger text-xs">{fault.path}</code>}
                      {fault[locale]}
                    </li>
                  ))}
                </ul>
              )}
            </>
          )}
        </CardBody>
      </Card>
    </>
  );
}
