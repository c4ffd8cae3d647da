import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '#lib/errors.ts';
import type { Log } from '#lib/log.ts';
import type { BacktestStore } from './backtest-store.ts';
import { noData, refused, sentence, unreadable } from './refusals.ts';
import { runStored } from './run-stored.ts';
import { storedRequest } from './stored-request.ts';

/** `backtests.request` as a person's screen wrote it; hostile until parsed. */
const backtestRequest = z.object({
  ...storedRequest,
  params: z.record(z.string(), z.number()).default({}),
  seed: z.number().int().default(1),
});

/** Progress is written this often; a screen cannot read faster. */
const PROGRESS_EVERY_MS = 500;

export interface JobDeps {
  readonly store: BacktestStore;
  readonly marketDataDir: string;
  readonly log: Log;
  /** Aborted when the worker is asked to stop: the job goes back to the queue. */
  readonly signal: AbortSignal;
  /** How often progress is written and a cancellation is heard. */
  readonly progressEveryMs?: number;
}

class CancelledByPerson extends Error {}
export class WorkerStopping extends Error {}

/**
 * Runs one queued back-test to its end: done, failed with a sentence, or cancelled. Throws only what a retry may mend (lost database,
 * broken disk), so that the job queue tries again. Safe to run twice: a finished run is left alone. Throws
 * `WorkerStopping` when the worker was told to stop: that is no failure of the run, so it deserves a fresh job.
 */
export async function runBacktestJob(
  backtestId: string,
  isLastAttempt: boolean,
  { store, marketDataDir, log, signal, progressEveryMs = PROGRESS_EVERY_MS }: JobDeps,
): Promise<void> {
  const claimed = await store.begin(backtestId);
  if (!claimed) return;
  const abort = new AbortController();
  const stop = (): void => abort.abort(new Error('worker is stopping'));
  signal.addEventListener('abort', stop, { once: true });
  const startedAt = performance.now();
  const progress = progressWriter(store, backtestId, { startedAt, everyMs: progressEveryMs }, () => abort.abort(new CancelledByPerson()));
  try {
    const request = backtestRequest.safeParse(claimed.request);
    if (!request.success) {
      return await store.fail(backtestId, unreadable(request.error), []);
    }
    const { document, params, dataset, from, to, capital, seed, mask } = request.data;
    const outcome = await runStored(
      join(marketDataDir, dataset),
      { document, params, from, to, capital, seed, mask },
      { onProgress: progress.report, signal: abort.signal },
    );
    if (!outcome.ok) return await store.fail(backtestId, refused(outcome.faults.length), outcome.faults);
    await progress.settled();
    await progress.look(); // a cancellation counts until the result is written
    if (abort.signal.reason instanceof CancelledByPerson) throw abort.signal.reason;
    await store.finish(backtestId, claimed.userId, outcome.result);
    log.info({ backtestId, durationMs: Math.round(performance.now() - startedAt), trades: outcome.result.trades.length }, 'back-test done');
  } catch (error) {
    await progress.settled().catch(() => undefined); // the cause below is what matters
    if (error instanceof CancelledByPerson) return await store.cancelled(backtestId);
    if (error instanceof AppError && (error.code === 'not_found' || error.code === 'invalid_input')) {
      return await store.fail(backtestId, noData(error), []);
    }
    if (isLastAttempt && !signal.aborted) {
      log.error({ err: error, backtestId }, 'back-test failed for good');
      return await store.fail(
        backtestId,
        sentence(
          '세 번 시도했지만 끝내지 못했습니다. 관리자에게 알려 주세요.',
          'Three attempts did not finish it. Please tell your administrator.',
        ),
        [],
      );
    }
    await store.requeue(backtestId);
    throw signal.aborted ? new WorkerStopping() : error;
  } finally {
    signal.removeEventListener('abort', stop);
    progress.stop();
  }
}

/** Writes progress and ETA at most twice a second, one write at a time, and hears of a cancellation in the same statement. */
function progressWriter(
  store: BacktestStore,
  backtestId: string,
  { startedAt, everyMs }: { startedAt: number; everyMs: number },
  onCancel: () => void,
) {
  let latest = 0;
  let writing: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    const elapsed = (performance.now() - startedAt) / 1_000;
    const etaSeconds = latest > 0.02 ? Math.ceil((elapsed / latest) * (1 - latest)) : null;
    if ((await store.progress(backtestId, latest, etaSeconds)) === 'cancel') onCancel();
  };
  let failure: unknown;
  const timer = setInterval(() => {
    writing = writing.then(look).catch((error: unknown) => {
      failure = error;
    });
  }, everyMs);
  return {
    report: (done: number): void => {
      latest = done;
    },
    /** Waits for the write under way; throws what made one fail. */
    async settled(): Promise<void> {
      clearInterval(timer);
      await writing;
      if (failure) throw failure;
    },
    look,
    stop: (): void => clearInterval(timer),
  };
}
