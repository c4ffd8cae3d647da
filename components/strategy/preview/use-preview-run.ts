'use client';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { BacktestResult } from '#domain/backtest/result.ts';
import type { Program } from '#domain/strategy/compile.ts';
import type { Fault } from '#domain/strategy/fault.ts';
import type { PreviewAnswer, PreviewBars, PreviewRequest } from './preview-engine.ts';
import type { PreviewPeriod } from './preview-period.ts';

/** How long the typing must rest. */
const REST_MS = 150;

type Wish = Omit<PreviewRequest, 'id'> & { readonly bars: PreviewBars };

export type PreviewOutcome =
  | { readonly kind: 'result'; readonly result: BacktestResult /** From the question to the answer. */; readonly ms: number }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] }
  | { readonly kind: 'failed' };

/**
 * Runs the engine in a Web Worker whenever the program or the bars change and typing rests. The last outcome of these bars stays while
 * the next is computed (`isStale`); answers to superseded questions are dropped. A new `turn` starts a fresh worker.
 */
export function usePreviewRun(
  program: Program | null,
  bars: PreviewBars | null,
  { from, to, capital }: PreviewPeriod,
  turn: number,
): { outcome: PreviewOutcome | null; isStale: boolean } {
  const wish = useMemo<Wish | null>(
    () => program && bars && { document: program.document, params: program.params, bars, from, to, capital },
    [program, bars, from, to, capital],
  );
  const worker = useRef<EngineWorker | null>(null);
  const [told, setTold] = useState<{ wish: Wish; outcome: PreviewOutcome } | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn is a wish for a fresh worker.
  useEffect(() => {
    const engine = startEngine((answered, outcome) => setTold({ wish: answered, outcome }));
    worker.current = engine;
    return () => {
      engine.stop();
      setTold(null);
    };
  }, [turn]);

  const own = told?.wish.bars === bars ? told : null;
  const isFirst = own === null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a fresh worker is asked again; the first run waits for nobody's typing.
  useEffect(() => {
    if (!wish) return;
    const timer = setTimeout(() => worker.current?.ask(wish), isFirst ? 0 : REST_MS);
    return () => clearTimeout(timer);
  }, [wish, turn]);

  return { outcome: own?.outcome ?? null, isStale: own !== null && own.wish !== wish };
}

interface EngineWorker {
  ask(wish: Wish): void;
  stop(): void;
}

function startEngine(onOutcome: (wish: Wish, outcome: PreviewOutcome) => void): EngineWorker {
  const worker = new Worker(new URL('./preview-worker.ts', import.meta.url), { type: 'module' });
  let asked: { id: number; wish: Wish; at: number } | null = null;
  let given: PreviewBars | null = null;
  let isBroken = false; // its script may fail before anything was asked
  worker.onmessage = ({ data: answer }: MessageEvent<PreviewAnswer>) => {
    if (!asked || answer.id !== asked.id) return;
    onOutcome(asked.wish, answer.kind === 'result' ? { ...answer, ms: performance.now() - asked.at } : answer);
  };
  worker.onerror = () => {
    isBroken = true;
    if (asked) onOutcome(asked.wish, { kind: 'failed' });
  };
  return {
    ask(wish) {
      if (isBroken) return onOutcome(wish, { kind: 'failed' });
      asked = { id: (asked?.id ?? 0) + 1, wish, at: performance.now() };
      const { bars, ...run } = wish;
      // The worker keeps the bars: a copy of them travels only when they change, and without being copied once more.
      const copy = bars === given ? null : { ...bars, bytes: bars.bytes.slice(0) };
      given = bars;
      worker.postMessage({ ...run, id: asked.id, ...(copy ? { bars: copy } : {}) } satisfies PreviewRequest, copy ? [copy.bytes] : []);
    },
    stop: () => worker.terminate(),
  };
}
