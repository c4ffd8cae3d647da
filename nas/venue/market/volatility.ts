import { hashSeed, random } from '../random.ts';
import type { Instrument } from './instruments.ts';
import type { MarketState } from './market-state.ts';

/** 변동성완화장치: why a price may not be traded at once. */
export type ViKind = 'static' | 'dynamic';

export interface ViEvent {
  readonly symbol: string;
  readonly kind: ViKind;
  readonly startedAt: number;
  /** When the auction ends: two minutes and a random extension of up to thirty seconds. */
  readonly endsAt: number;
  /** The price that would have traded. */
  readonly price: number;
  /** What it was measured against: the last single-auction price (static) or the last trade before the order (dynamic). */
  readonly reference: number;
  /** The how-manieth of the day. */
  readonly count: number;
}

/** Percent from the last single-auction price (KRX since 2015-06-15; reference §7.5). */
const STATIC_PERCENT = 10;
/** Percent from the trade before the order, regular session: 3 for KOSPI200, 6 for other shares. KOSPI issues here count as the former. */
const DYNAMIC_PERCENT: Readonly<Record<Instrument['market'], number>> = { KOSPI: 3, KOSDAQ: 6 };
const AUCTION_MS = 120_000;
const LONGEST_EXTENSION_S = 30;

/** The interruption that a trade at `price` would set off, or null. */
export function interruptionAt(
  { instrument, viReference }: MarketState,
  price: number,
  lastTrade: number,
): { kind: ViKind; reference: number } | null {
  const isBeyond = (reference: number, percent: number): boolean => Math.abs(price - reference) * 100 >= reference * percent;
  if (isBeyond(viReference, STATIC_PERCENT)) return { kind: 'static', reference: viReference };
  if (isBeyond(lastTrade, DYNAMIC_PERCENT[instrument.market])) return { kind: 'dynamic', reference: lastTrade };
  return null;
}

/** How long the auction of an interruption lasts; the extension is drawn from the seed, the symbol, the day and its number. */
export function interruptionMs(seed: number, market: MarketState, count: number): number {
  return AUCTION_MS + 1_000 * random(hashSeed(seed, market.instrument.symbol, market.day, 'vi', count)).int(0, LONGEST_EXTENSION_S);
}
