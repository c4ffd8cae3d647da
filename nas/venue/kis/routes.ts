import type { Exchange } from '../exchange.ts';
import type { Account } from '../ledger/ledger.ts';
import type { MarketLoop } from '../market/market-loop.ts';
import type { Variants } from '../variants.ts';
import type { Environment, OnAccepted, OrderTicket, VenueOrder } from '../venue-order.ts';
import { inquireBalance, inquirePsblOrder, inquirePsblSell } from './account-rows.ts';
import type { Answer } from './codes.ts';
import { inquireDailyCcld, inquirePsblRvsecncl } from './order-rows.ts';
import { changeOrder, orderCash } from './orders.ts';
import type { PageFault } from './paging.ts';
import {
  checkHoliday,
  inquireAskingPrice,
  inquireCcnl,
  inquireDailyChart,
  inquireManyPrices,
  inquireMinuteChart,
  inquirePastMinutes,
  inquirePrice,
} from './quotes.ts';
import { inquireViStatus } from './vi-status.ts';

export interface Call {
  readonly exchange: Exchange;
  readonly loop: MarketLoop;
  readonly trId: string;
  readonly trCont: string;
  readonly now: number;
  /** Query of a GET, body of a POST. */
  readonly input: Readonly<Record<string, string>>;
  readonly variants: Variants;
  readonly rowsMissing: boolean;
  /** How this page is cut wrongly. */
  readonly pageFault: PageFault | null;
  /** An order that the inquiries show already. */
  readonly isShown: (order: VenueOrder) => boolean;
  /** The account as its balance shows it. */
  readonly shownAccount: (account: Account) => Account;
  /** What a script does to an order once it is accepted. `ticket` is null for cancels and modifies. */
  readonly scripted: (account: Account, ticket: OrderTicket | null) => OnAccepted | undefined;
  /** The how-manieth order of its look this is. */
  readonly occurrence: number;
}
interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** TR ids of each environment; none on paper means EGW02006. */
  readonly real: readonly string[];
  readonly paper: readonly string[];
  /** Account inquiries and orders name an account of the key; quotes do not. */
  readonly account?: (call: Call, account: Account) => Answer;
  readonly quote?: (call: Call) => Answer;
}

const TRADING = '/uapi/domestic-stock/v1/trading';
const QUOTATIONS = '/uapi/domestic-stock/v1/quotations';
export const ORDER_CASH = `${TRADING}/order-cash`;
export const ORDER_RVSECNCL = `${TRADING}/order-rvsecncl`;
/** Old TR ids still work in 2026, except that the old paper inquiry never returns rows. */
const SELL_TRS = ['TTTC0011U', 'TTTC0801U', 'VTTC0011U', 'VTTC0801U'];
export const isSellTr = (trId: string): boolean => SELL_TRS.includes(trId);
const OLD_PAPER_INQUIRY = ['VTTC8001R', 'VTSC9115R'];
const both = (...ids: string[]): Pick<Route, 'real' | 'paper'> => ({ real: ids, paper: ids });

const ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: ORDER_CASH,
    real: ['TTTC0012U', 'TTTC0011U', 'TTTC0802U', 'TTTC0801U'],
    paper: ['VTTC0012U', 'VTTC0011U', 'VTTC0802U', 'VTTC0801U'],
    account: (call, account) => orderCash(call, account, isSellTr(call.trId) ? 'sell' : 'buy'),
  },
  {
    method: 'POST',
    path: ORDER_RVSECNCL,
    real: ['TTTC0013U', 'TTTC0803U'],
    paper: ['VTTC0013U', 'VTTC0803U'],
    account: changeOrder,
  },
  {
    method: 'GET',
    path: `${TRADING}/inquire-psbl-rvsecncl`,
    real: ['TTTC0084R', 'TTTC8036R'],
    paper: [],
    account: inquirePsblRvsecncl,
  },
  {
    method: 'GET',
    path: `${TRADING}/inquire-daily-ccld`,
    real: ['TTTC0081R', 'CTSC9215R', 'TTTC8001R', 'CTSC9115R'],
    paper: ['VTTC0081R', 'VTSC9215R', ...OLD_PAPER_INQUIRY],
    account: (call, account) =>
      inquireDailyCcld({ ...call, rowsMissing: call.rowsMissing || OLD_PAPER_INQUIRY.includes(call.trId) }, account),
  },
  {
    method: 'GET',
    path: `${TRADING}/inquire-balance`,
    real: ['TTTC8434R'],
    paper: ['VTTC8434R'],
    account: (call, account) => inquireBalance(call, call.shownAccount(account)),
  },
  {
    method: 'GET',
    path: `${TRADING}/inquire-psbl-order`,
    real: ['TTTC8908R'],
    paper: ['VTTC8908R'],
    account: ({ exchange, input }, account) => inquirePsblOrder(exchange, account, input),
  },
  {
    method: 'GET',
    path: `${TRADING}/inquire-psbl-sell`,
    real: ['TTTC8408R'],
    paper: [],
    account: ({ exchange, input }, account) => inquirePsblSell(exchange, account, input),
  },
  {
    method: 'GET',
    path: `${QUOTATIONS}/inquire-price`,
    ...both('FHKST01010100'),
    quote: ({ exchange, input }) => inquirePrice(exchange, input),
  },
  {
    method: 'GET',
    path: `${QUOTATIONS}/intstock-multprice`,
    real: ['FHKST11300006'],
    paper: [],
    quote: ({ exchange, input }) => inquireManyPrices(exchange, input),
  },
  {
    method: 'GET',
    path: `${QUOTATIONS}/inquire-asking-price-exp-ccn`,
    ...both('FHKST01010200'),
    quote: ({ exchange, input, now }) => inquireAskingPrice(exchange, input, now),
  },
  {
    method: 'GET',
    path: `${QUOTATIONS}/inquire-ccnl`,
    ...both('FHKST01010300'),
    quote: ({ exchange, input }) => inquireCcnl(exchange, input),
  },
  {
    method: 'GET',
    path: `${QUOTATIONS}/inquire-daily-itemchartprice`,
    ...both('FHKST03010100'),
    quote: inquireDailyChart,
  },
  {
    method: 'GET',
    path: `${QUOTATIONS}/inquire-time-itemchartprice`,
    ...both('FHKST03010200'),
    quote: ({ exchange, loop, input }) => inquireMinuteChart(exchange, loop, input),
  },
  {
    method: 'GET',
    path: `${QUOTATIONS}/inquire-time-dailychartprice`,
    real: ['FHKST03010230'],
    paper: [],
    quote: ({ exchange, loop, input }) => inquirePastMinutes(exchange, loop, input),
  },
  {
    method: 'GET',
    path: `${QUOTATIONS}/inquire-vi-status`,
    real: ['FHPST01390000'],
    paper: [],
    quote: inquireViStatus,
  },
  {
    method: 'GET',
    path: `${QUOTATIONS}/chk-holiday`,
    real: ['CTCA0903R'],
    paper: [],
    quote: checkHoliday,
  },
];

/** The route of a call on one host: found, known elsewhere but not on this host, or unknown. */
export function routeOf(environment: Environment, method: string, path: string, trId: string): Route | 'wrong_tr' | 'not_found' {
  const route = ROUTES.find((candidate) => candidate.path === path && candidate.method === method);
  if (!route) return 'not_found';
  return route[environment].includes(trId) ? route : 'wrong_tr';
}
