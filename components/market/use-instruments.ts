'use client';
import { useEffect, useState } from 'react';
import type { InstrumentView } from '#lib/db/market.ts';

let loading: Promise<readonly InstrumentView[]> | null = null;

function load(): Promise<readonly InstrumentView[]> {
  loading ??= fetch('/api/market/instruments').then(async (answer) => {
    if (!answer.ok) throw new Error(`instruments answered ${answer.status}`);
    return ((await answer.json()) as { instruments: InstrumentView[] }).instruments;
  });
  loading.catch(() => {
    loading = null;
  });
  return loading;
}

/** All instruments, read once a tab when first needed; a new `turn` tries again after a failure. */
export function useInstruments(isNeeded = true, turn = 0): { instruments: readonly InstrumentView[] | null; hasFailed: boolean } {
  const [instruments, setInstruments] = useState<readonly InstrumentView[] | null>(null);
  const [hasFailed, setHasFailed] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn is a wish to read again.
  useEffect(() => {
    if (!isNeeded) return;
    let isHere = true;
    setHasFailed(false);
    load().then(
      (list) => isHere && setInstruments(list),
      () => isHere && setHasFailed(true),
    );
    return () => {
      isHere = false;
    };
  }, [isNeeded, turn]);
  return { instruments, hasFailed };
}
