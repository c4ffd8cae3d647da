import { type Part, startPart } from './rpc.ts';
import type { TradingConfig } from './trading/process.ts';

/** The trading processes of the run: always two that serve, and one warmed up to step in at once for a killed one. */
export async function startFleet(config: TradingConfig) {
  const serving = new Set<Part>();
  let spare: Promise<Part> | null = null;
  const warm = () => startPart('trading/process.ts', config);

  async function serve(): Promise<Part> {
    const part = await (spare ?? warm());
    spare = null;
    await part.ask('start');
    serving.add(part);
    void part.gone.then(() => serving.delete(part));
    return part;
  }

  return {
    serve,
    serving: () => [...serving],
    /** The one that has served longest: it owns the accounts, the other one steps in or is struck. */
    keeper: () => [...serving][0]!,
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
