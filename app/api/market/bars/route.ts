import { z } from 'zod';
import { bytesOfHex, chartBars } from '#components/market/chart-bars.ts';
import { sha256Hex } from '#domain/hash.ts';
import { symbol } from '#domain/order/order.ts';
import { marketRepo } from '#lib/db/market.ts';
import { route } from '#lib/http/route.ts';

const query = z.strictObject({
  symbol,
  timeframe: z.enum(['1d', '1m']).default('1d'),
  chunks: z.coerce.number().int().min(1).max(20).default(5),
});

/** Bars of a symbol from the published chunks. The ETag is made of their hashes: unchanged data costs a 304. */
export const GET = route({ name: 'market/bars', query }, async ({ query, db, request }) => {
  const chunks = await marketRepo(db).barChunks(query.symbol, query.timeframe, query.chunks);
  const etag = `"${sha256Hex(chunks.map((chunk) => chunk.hash).join('|')).slice(0, 32)}"`;
  const headers = { etag, 'cache-control': 'private, no-cache' };
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers });
  const bars = chartBars(
    chunks.map((chunk) => bytesOfHex(chunk.bytes)),
    query.timeframe,
  );
  return { body: { symbol: query.symbol, timeframe: query.timeframe, bars }, headers };
});
