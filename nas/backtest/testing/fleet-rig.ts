import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateDailyBars } from '#nas/venue/market/daily-bars.ts';
import { SYNTHETIC_INSTRUMENTS } from '#nas/venue/market/instruments.ts';
import { importData } from '../import-data.ts';

/** Imports the synthetic market's daily bars as the data set `name` of a market data folder. */
export async function importSyntheticMarket(marketDataDir: string, name: string, period: { from: string; to: string }): Promise<void> {
  const lines = SYNTHETIC_INSTRUMENTS.flatMap((instrument) =>
    generateDailyBars(1, instrument, period).map((bar) =>
      [bar.day, instrument.symbol, instrument.market, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.value].join(','),
    ),
  );
  const file = join(marketDataDir, `${name}.csv`);
  await writeFile(file, `date,code,market,open,high,low,close,volume,value\n${lines.join('\n')}\n`);
  const imported = await importData({ file, out: join(marketDataDir, name), isAdjusted: false });
  if (!imported.ok) throw new Error(JSON.stringify(imported.findings));
  await rm(file);
}

export interface WorkerProcess {
  readonly pid: number;
  /** Seconds of processor time it has used since it began. */
  cpuSeconds(): Promise<number>;
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  /** Resolves when the process is gone. */
  readonly exited: Promise<unknown>;
  /** Ends it however it fares; safe to call twice. */
  kill(): Promise<void>;
}

/** A back-test worker as the fleet runs it, in a process of its own; resolves when it takes work. */
export async function forkWorker(env: { DATABASE_URL: string; MARKET_DATA_DIR: string } & Record<string, string>): Promise<WorkerProcess> {
  const child: ChildProcess = fork(fileURLToPath(new URL('../main.ts', import.meta.url)), {
    env: { CREDENTIALS_DIR: env.MARKET_DATA_DIR, LOG_LEVEL: 'fatal', ...env } as unknown as NodeJS.ProcessEnv,
    execPath: process.execPath,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error('worker did not start')));
    child.on('message', (message: { type: string; url: string }) => message.type === 'ready' && resolve(message.url));
  });
  return {
    pid: child.pid!,
    async cpuSeconds() {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      return Number(/^process_cpu_seconds_total\S* (\S+)/m.exec(metrics)![1]);
    },
    signal: (name) => void child.kill(name),
    exited,
    async kill() {
      child.kill('SIGKILL'); // also ends a stopped process
      await exited;
    },
  };
}

/** Looks until what it sees is right; throws with what it saw last. */
export async function until<T>(look: () => Promise<T>, isRight: (seen: T) => boolean, ms = 20_000, everyMs = 10): Promise<T> {
  for (const deadline = performance.now() + ms; ; ) {
    const seen = await look();
    if (isRight(seen)) return seen;
    if (performance.now() > deadline) throw new Error(`last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
