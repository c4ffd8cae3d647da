import { z } from 'zod';
import { bytesOfHex, chartBars } from '#components/market/chart-bars.ts';
import { sha256Hex } from '#domain/hash.ts';
import { symbol } from '#domain/order/order.ts';
import { marketRepo } from '#lib/db/market.ts';
import { AppError } from '#lib/errors.ts';
import { route } from '#lib/http/route.ts';

const query = z.strictObject({
  symbol,
  timeframe: z.enum(['1d', '1m']).default('1d'),
  chunks: z.coerce.number().int().min(1).max(20).default(5),
  /** Bars as JSON for charts, or the chunks' own bytes one after the other (lib/domain/market/bar-chunk.ts) for the engine. */
  form: z.enum(['bars', 'chunks']).default('bars'),
});

/** Bars of a symbol from the published chunks. The ETag is made of their hashes: unchanged data costs a 304. */
export const GET = route({ name: 'market/bars', query, refusals: { symbol: 'unknown_symbol' } }, async ({ query, db, request }) => {
  const market = marketRepo(db);
  const chunks = await market.barChunks(query.symbol, query.timeframe, query.chunks);
  if (chunks.length === 0 && !(await market.instrument(query.symbol)))
    throw new AppError('not_found', 'no such symbol', { detail: { reason: 'unknown_symbol' } });
  const etag = `"${sha256Hex(chunks.map((chunk) => chunk.hash).join('|')).slice(0, 32)}"`;
  const headers = { etag, 'cache-control': 'private, no-cache' };
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers });
  const bytes = chunks.map((chunk) => bytesOfHex(chunk.bytes));
  if (query.form === 'chunks')
    return new Response(Buffer.concat(bytes), { headers: { ...headers, 'content-type': 'application/octet-stream' } });
  const bars = chartBars(bytes, query.timeframe);
  return { body: { symbol: query.symbol, timeframe: query.timeframe, bars }, headers };
});
