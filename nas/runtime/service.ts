import { logLevel } from '#lib/env/log-level.ts';
import { createLog, type Log } from '#lib/log.ts';

export interface ServiceContext {
  readonly log: Log;
  /** Aborted once, when the process has been asked to stop. */
  readonly signal: AbortSignal;
}
export interface RunningService {
  /** Where the service listens, when it does; printed by whoever started us. */
  readonly url?: string;
  /** Stop taking work, finish or hand back what is held, close sockets. */
  stop(): Promise<void>;
}

/** How long a service may take to hand back its work before it is ended. */
const STOP_DEADLINE_MS = 10_000;

/**
 * The life of one service process: start, say ready to the parent (IPC, when there is one), stop once on SIGTERM, SIGINT
 * or when the parent is gone (its IPC channel closes even after SIGKILL, so no orphan stays), crash loudly otherwise.
 */
export async function runService(name: string, start: (context: ServiceContext) => Promise<RunningService>): Promise<void> {
  const log = createLog(name);
  const abort = new AbortController();
  let running: RunningService | undefined;
  let stopping = false;

  const stop = async (reason: string, code: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, 'stopping');
    abort.abort();
    setTimeout(() => process.exit(code === 0 ? 1 : code), STOP_DEADLINE_MS).unref();
    try {
      await running?.stop();
    } catch (error) {
      log.error({ err: error }, 'stop failed');
      process.exit(1);
    }
    process.exit(code);
  };
  const crash = (error: unknown): void => {
    log.fatal({ err: error }, 'crashed');
    process.send?.({ type: 'crashed', reason: error instanceof Error ? error.message : String(error) });
    void stop('crash', 1);
  };

  process.once('SIGTERM', () => void stop('SIGTERM', 0));
  process.once('SIGINT', () => void stop('SIGINT', 0));
  if (process.send) process.once('disconnect', () => void stop('parent gone', 0));
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);

  try {
    log.level = logLevel();
    running = await start({ log, signal: abort.signal });
    log.info({ url: running.url }, 'ready');
    process.send?.({ type: 'ready', url: running.url });
  } catch (error) {
    crash(error);
  }
}
