'use client';
import { useEffect, useState } from 'react';
import type { ChunkTimeframe } from '#domain/backtest/columns-from-chunks.ts';
import type { InstrumentView } from '#lib/db/market.ts';
import type { PreviewBars } from './preview-engine.ts';

/** Chunks asked for: ten years of days and three before them for the warm-up; the sessions of minutes that are kept. */
const CHUNKS = { '1d': 13, '1m': 20 } as const;

export type BarsLoad =
  | { readonly state: 'loading' | 'none' | 'failed'; readonly bars: null }
  | { readonly state: 'ready'; readonly bars: PreviewBars };
const LOADING: BarsLoad = { state: 'loading', bars: null };

/** The published bars of a symbol as the engine takes them. A new `turn` reads again. */
export function usePreviewBars(instrument: InstrumentView | null, timeframe: ChunkTimeframe, turn: number): BarsLoad {
  const wanted = `${instrument?.symbol}|${timeframe}|${turn}`;
  const [read, setRead] = useState<{ wanted: string; load: BarsLoad } | null>(null);
  useEffect(() => {
    if (!instrument) return;
    const abort = new AbortController();
    const { symbol: code, market, kind, nameKo: name } = instrument;
    const query = new URLSearchParams({ symbol: code, timeframe, chunks: String(CHUNKS[timeframe]), form: 'chunks' });
    fetch(`/api/market/bars?${query}`, { signal: abort.signal })
      .then(async (answer) => {
        if (!answer.ok) throw new Error(`bars answered ${answer.status}`);
        const bytes = await answer.arrayBuffer();
        const bars = { symbol: { code, market, kind, name }, timeframe, bytes };
        setRead({ wanted, load: bytes.byteLength === 0 ? { state: 'none', bars: null } : { state: 'ready', bars } });
      })
      .catch(() => abort.signal.aborted || setRead({ wanted, load: { state: 'failed', bars: null } }));
    return () => abort.abort();
  }, [instrument, timeframe, wanted]);
  return read?.wanted === wanted ? read.load : LOADING;
}
