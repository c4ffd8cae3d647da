import type { MarketState } from '../market/market-state.ts';

const LEVELS = Array.from({ length: 10 }, (_, i) => i);

export interface Depth {
  readonly asks: readonly { price: number; quantity: number }[];
  readonly bids: readonly { price: number; quantity: number }[];
  readonly totalAsk: number;
  readonly totalBid: number;
}

/** Ten visible levels; nothing is shown while the market is closed. */
export function depthOf({ engine }: MarketState): Depth {
  const isClosed = engine.phase === 'closed';
  return {
    asks: isClosed ? [] : engine.asks.depth(10),
    bids: isClosed ? [] : engine.bids.depth(10),
    totalAsk: isClosed ? 0 : engine.asks.total(),
    totalBid: isClosed ? 0 : engine.bids.total(),
  };
}

/** Fields of the REST book; missing levels are 0. */
export function depthFields(market: MarketState): Record<string, string> {
  const { asks, bids, totalAsk, totalBid } = depthOf(market);
  const numbered = (name: string, value: (i: number) => number): [string, string][] =>
    LEVELS.map((i) => [`${name}${i + 1}`, String(value(i))]);
  return {
    ...Object.fromEntries([
      ...numbered('askp', (i) => asks[i]?.price ?? 0),
      ...numbered('bidp', (i) => bids[i]?.price ?? 0),
      ...numbered('askp_rsqn', (i) => asks[i]?.quantity ?? 0),
      ...numbered('bidp_rsqn', (i) => bids[i]?.quantity ?? 0),
      ...numbered('askp_rsqn_icdc', () => 0),
      ...numbered('bidp_rsqn_icdc', () => 0),
    ]),
    total_askp_rsqn: String(totalAsk),
    total_bidp_rsqn: String(totalBid),
    total_askp_rsqn_icdc: '0',
    total_bidp_rsqn_icdc: '0',
    ovtm_total_askp_icdc: '0',
    ovtm_total_bidp_icdc: '0',
    ovtm_total_askp_rsqn: '0',
    ovtm_total_bidp_rsqn: '0',
    ntby_aspr_rsqn: String(totalBid - totalAsk),
  };
}
