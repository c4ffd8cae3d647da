import { type Part, startPart } from './rpc.ts';
import type { TradingConfig } from './trading/process.ts';

const STARTS = 5;

/** The trading processes of the run: always two that serve, and one warmed up to step in at once for a killed one. */
export async function startFleet(config: TradingConfig, progress: (line: string) => void) {
  const serving = new Set<Part>();
  let spare: Promise<Part> | null = null;
  const warm = () => startPart('trading/process.ts', config);

  /** Starts until one is up: a start that finds the database too slow ends, and its supervisor starts the next. */
  async function serve(): Promise<Part> {
    for (let tries = 1; ; tries++) {
      const part = await (spare ?? warm());
      spare = null;
      try {
        await part.ask('start');
        serving.add(part);
        part.child.once('exit', (code) => {
          if (code !== null) progress(`a trading process ended by itself with ${code}`);
        });
        void part.gone.then(() => serving.delete(part));
        return part;
      } catch (error) {
        part.child.kill('SIGKILL');
        if (tries === STARTS) throw error;
      }
    }
  }

  return {
    serve,
    serving: () => [...serving],
    /** Tells all of them; one that is dying just now need not hear it. */
    async tell(what: string, input: unknown) {
      await Promise.all([...serving].map((part) => part.ask(what, input).catch(() => {})));
    },
    /** What a supervisor does: nobody stays dead. */
    async keepTwo() {
      while (serving.size < 2) await serve();
    },
    warmSpare() {
      spare ??= warm();
    },
    async stop() {
      const parts = [...serving, ...(spare ? [await spare] : [])];
      await Promise.all(parts.map((part) => part.ask('stop').catch(() => {})));
      for (const part of parts) part.child.kill('SIGKILL');
      await Promise.all(parts.map((part) => part.gone));
    },
  };
}
export type Fleet = Awaited<ReturnType<typeof startFleet>>;
