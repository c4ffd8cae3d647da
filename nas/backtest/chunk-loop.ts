import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#lib/errors.ts';
import type { Log } from '#lib/log.ts';
import type { ChunkResult, ChunkStore, Claim } from './chunk-store.ts';
import { DoesNotFit } from './columns-cache.ts';
import { type ChunkWork, Refused } from './compute-chunk.ts';
import { noData, sentence } from './refusals.ts';

/** How long a worker goes on with a job whose bars it holds before it looks for one that waited longer. */
const SLICE_MS = 10_000;
const TELL_TRIES = 5;
const TELL_AGAIN_MS = 1_000;

export interface ChunkLoopOptions {
  readonly store: ChunkStore;
  readonly work: ChunkWork;
  /** What may be done at a time belongs to the worker: a chunk waits while a back-test runs, and the other way round. */
  readonly turn: <T>(work: () => Promise<T>) => Promise<T>;
  readonly memoryMb: number;
  readonly log: Log;
  /** Aborted when the worker is asked to stop: the chunk goes back unspent. */
  readonly signal: AbortSignal;
  /** How often the lease is renewed and a cancellation heard. */
  readonly renewEveryMs: number;
  /** How often a worker without work looks for some. */
  readonly pollEveryMs: number;
  readonly onChunk: (chunk: Claim | null, end?: ChunkEnd) => void;
}
type ChunkEnd = 'kept' | 'same' | 'differs' | 'ended' | 'lost' | 'handed_on' | 'failed' | 'refused' | 'too_large';

class LeaseLost extends Error {}

/** Takes chunks of grid searches one after the other until `signal`; resolves when the last is handed on. */
export async function runChunkLoop(options: ChunkLoopOptions): Promise<void> {
  const { store, turn, memoryMb, log, signal, pollEveryMs, onChunk } = options;
  let slice: { readonly job: string; readonly until: number } | null = null;
  const next = async (): Promise<boolean> => {
    if (signal.aborted) return false;
    // The lease begins within the turn: a chunk must not wait in a worker's hands.
    const chunk = await store.claim(memoryMb, slice && performance.now() < slice.until ? slice.job : null);
    if (!chunk) return false;
    if (slice?.job !== chunk.optimisationId || performance.now() >= slice.until)
      slice = { job: chunk.optimisationId, until: performance.now() + SLICE_MS };
    onChunk(chunk);
    const end = await runChunk(chunk, options);
    if (end !== 'kept') log.info({ optimisationId: chunk.optimisationId, chunk: chunk.number, attempt: chunk.attempt, end }, 'chunk ended');
    onChunk(null, end);
    return true;
  };
  while (!signal.aborted) {
    const isBusy = await turn(next).catch((error: unknown) => {
      log.warn({ err: error }, 'chunk could not be claimed or settled');
      onChunk(null);
      return false;
    });
    if (!isBusy) await delay(pollEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Computes a chunk and settles it in every way it can end. Throws only when the database does not answer; then the lease runs out. */
async function runChunk(chunk: Claim, options: ChunkLoopOptions): Promise<ChunkEnd> {
  const { store, work, log, signal, renewEveryMs } = options;
  const abort = new AbortController();
  const stop = (): void => abort.abort(new Error('worker is stopping'));
  signal.addEventListener('abort', stop, { once: true });
  const renewal = setInterval(() => {
    store.renew(chunk).then(
      (isHeld) => isHeld || abort.abort(new LeaseLost()),
      (error: unknown) => log.warn({ err: error }, 'lease could not be renewed'), // it lasts several more tries
    );
  }, renewEveryMs);
  try {
    let result: ChunkResult;
    try {
      result = chunk.isMerge ? await work.merge(chunk, await store.results(chunk)) : await work.compute(chunk, abort.signal);
    } catch (error) {
      return await settleFault(chunk, error, options);
    }
    return await tell(chunk, result, store);
  } finally {
    clearInterval(renewal);
    signal.removeEventListener('abort', stop);
  }
}

/** Tells again what the database did not answer: twice told does no harm, and to compute again would cost an attempt. */
async function tell(chunk: Claim, result: ChunkResult, store: ChunkStore): Promise<ChunkEnd> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await store.complete(chunk, result);
    } catch (error) {
      if (tries === TELL_TRIES) throw error;
      await delay(TELL_AGAIN_MS);
    }
  }
}

async function settleFault(chunk: Claim, error: unknown, { store, log, memoryMb, signal }: ChunkLoopOptions): Promise<ChunkEnd> {
  if (error instanceof LeaseLost) return 'lost';
  if (signal.aborted) {
    await store.release(chunk, null);
    return 'handed_on';
  }
  if (error instanceof DoesNotFit) {
    await store.release(chunk, { memoryMb: error.memoryMb, message: waitsForMemory(error.memoryMb, memoryMb) });
    return 'too_large';
  }
  if (error instanceof Refused) {
    await store.failJob(chunk, error.message, error.faults);
    return 'refused';
  }
  if (error instanceof AppError && (error.code === 'not_found' || error.code === 'invalid_input')) {
    await store.failJob(chunk, noData(error), []);
    return 'refused';
  }
  log.error({ err: error, optimisationId: chunk.optimisationId, chunk: chunk.number, attempt: chunk.attempt }, 'chunk failed');
  await store.failChunk(chunk, (error as Error).message);
  return 'failed';
}

const waitsForMemory = (needed: number, has: number): string =>
  sentence(
    `시세에 메모리 ${needed} MB가 필요하지만 작업 프로세스에는 ${has} MB만 허용되어 기다립니다. 관리자가 WORKER_BARS_MB를 늘리거나, 기간이나 종목을 줄이세요.`,
    `It waits: its bars need ${needed} MB, and the worker may hold ${has} MB. Let an administrator raise WORKER_BARS_MB, or shorten the period or the universe.`,
  );
