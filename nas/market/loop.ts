import type { Log } from '#lib/log.ts';

export interface Loop {
  /** Waits for the turn under way. */
  stop(): Promise<void>;
}

/** Runs `turn` at once and again `pauseMs()` after the last one ended; a failed turn is logged and the next one is tried. */
export function startLoop(name: string, pauseMs: () => number, turn: () => Promise<unknown>, log: Log): Loop {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const run = async (): Promise<void> => {
    try {
      await turn();
    } catch (error) {
      if (!isStopped) log.warn({ err: error, loop: name }, 'market loop turn failed');
    }
    if (isStopped) return;
    timer = setTimeout(() => {
      running = run();
    }, pauseMs());
  };
  let running = run();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
