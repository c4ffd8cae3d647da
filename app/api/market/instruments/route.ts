import { marketRepo } from '#lib/db/market.ts';
import { route } from '#lib/http/route.ts';

/** Every listed instrument with today's limits, for search and the ticket. */
export const GET = route({ name: 'market/instruments' }, async ({ db }) => ({
  body: { instruments: await marketRepo(db).instruments() },
  headers: { 'cache-control': 'private, max-age=60' },
}));
