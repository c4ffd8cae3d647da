import { Exchange } from '../exchange.ts';
import type { InterruptionOptions } from '../interruptions.ts';
import type { Account } from '../ledger/ledger.ts';
import type { Instrument } from '../market/instruments.ts';
import { krxRules } from '../market/krx-rules.ts';
import type { MarketState } from '../market/market-state.ts';
import { seoulInstant } from '../seoul-time.ts';
import { sessions } from '../sessions.ts';
import type { Environment, OrderEvent } from '../venue-order.ts';

/** A share whose base price is 10,000 won today: tick 10, limits 7,000 and 13,000. */
export const PENCIL: Instrument = {
  symbol: '990001',
  nameKo: '연필',
  nameEn: 'Pencil',
  market: 'KOSPI',
  kind: 'stock',
  sectorKo: '시험',
  sectorEn: 'test',
  startPrice: 10_000,
  dailyVolume: 100_000,
  volatility: 0.02,
  listedShares: 1_000_000,
};
/** A Monday on which KRX trades. */
export const MONDAY = '2026-11-23';
export const TEN_O_CLOCK = seoulInstant(MONDAY, 600);

/** An exchange with one symbol and no background traders, in continuous trading on a Monday, with its events recorded. */
export function anExchange(
  hours: 'krx' | 'always' = 'krx',
  interruptions: Partial<InterruptionOptions> = {},
): { exchange: Exchange; market: MarketState; events: OrderEvent[] } {
  const events: OrderEvent[] = [];
  const exchange = new Exchange({
    sessions: sessions(hours),
    rules: krxRules,
    instruments: [PENCIL],
    interruptions,
    listeners: { onOrder: (event) => void events.push(event), onPrint: () => undefined, onBook: () => undefined },
  });
  const market = exchange.markets.get(PENCIL.symbol)!;
  openDay(exchange, MONDAY, 10_000);
  return { exchange, market, events };
}

export function openDay(exchange: Exchange, day: string, basePrice: number): void {
  exchange.startDay(day);
  for (const market of exchange.markets.values()) exchange.startTradingDay(market, day, basePrice);
  exchange.setPhase('continuous', seoulInstant(day, 540));
}

export function anAccount(
  exchange: Exchange,
  given: { number?: string; cash?: number; shares?: number; environment?: Environment } = {},
): Account {
  const { number = '50000001', cash = 1_000_000, shares = 0, environment = 'paper' } = given;
  const id = `${environment}:${number}-01`;
  const account: Account = {
    id,
    environment,
    accountNumber: number,
    productCode: '01',
    htsId: `hts${number}`,
    appKey: `key${number}`,
    settledCash: cash,
    pending: [],
    holdings: new Map(),
    totals: [],
  };
  if (shares > 0) account.holdings.set(PENCIL.symbol, { quantity: shares, purchaseAmount: shares * 10_000, trades: [] });
  exchange.ledger.accounts.set(id, account);
  return account;
}
