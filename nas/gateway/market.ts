import { z } from 'zod';
import { decodeBarChunk } from '#domain/market/bar-chunk.ts';
import { symbol } from '#domain/order/order.ts';
import type { GatewayRepo, QuoteRow } from '#lib/db/fleet/gateway.ts';

export const barsInput = z.strictObject({
  symbol,
  timeframe: z.enum(['1d', '1m']).default('1d'),
  /** Newest chunks: years of daily bars, sessions of minute bars. */
  chunks: z.coerce.number().int().min(1).max(20).default(5),
});
export const quotesInput = z.strictObject({
  symbols: z
    .string()
    .transform((text) => text.split(',').filter(Boolean))
    .pipe(z.array(symbol).min(1).max(100)),
});

/** `[time, open, high, low, close, volume]`; time is yyyymmdd for daily bars and minutes since the epoch for minute bars. */
export type GatewayBar = readonly [number, number, number, number, number, number];

export async function readBars(
  repo: GatewayRepo,
  input: z.infer<typeof barsInput>,
): Promise<{ symbol: string; timeframe: string; bars: GatewayBar[] }> {
  const chunks = await repo.barChunks(input.symbol, input.timeframe, input.chunks);
  const bars = chunks.flatMap(({ bytes }) => {
    const { time, open, high, low, close, volume } = decodeBarChunk(new Uint8Array(bytes));
    return Array.from(time, (at, i): GatewayBar => [at, open[i]!, high[i]!, low[i]!, close[i]!, volume[i]!]);
  });
  return { symbol: input.symbol, timeframe: input.timeframe, bars };
}

export async function readQuotes(repo: GatewayRepo, input: z.infer<typeof quotesInput>): Promise<{ quotes: readonly QuoteRow[] }> {
  return { quotes: await repo.quotes(input.symbols) };
}
