import { afterEach, describe, expect, test } from 'vitest';
import { fixedClock } from './clock.ts';
import type { Exchange } from './exchange.ts';
import type { ScheduledState } from './interruptions.ts';
import { seoulInstant } from './seoul-time.ts';
import { anAccount, anExchange, MONDAY, PENCIL, TEN_O_CLOCK } from './testing/exchange.ts';
import { aVenue, KisCaller, LISTED, QUOTATIONS } from './testing/kis-caller.ts';
import type { Venue } from './venue.ts';
import type { OrderTicket, VenueOrder } from './venue-order.ts';

/** Lets what is due up to an instant happen, as the market loop does. */
function runTo(exchange: Exchange, now: number): void {
  for (let due = exchange.agenda.next(now); due; due = exchange.agenda.next(now)) due.act(due.at);
}

/** One share at 10,000 won, a seller and a buyer with plenty of both; a KOSPI share is interrupted at 3 % and 10 %. */
function aMarket() {
  const made = anExchange('krx', { volatility: true, seed: 7 });
  const seller = anAccount(made.exchange, { number: '50000002', shares: 1_000 });
  const buyer = anAccount(made.exchange, { cash: 100_000_000 });
  const place = (who: typeof buyer, given: Partial<OrderTicket>, now = TEN_O_CLOCK): VenueOrder => {
    const ticket = { symbol: PENCIL.symbol, side: 'buy' as const, orderType: '00', quantity: 5, price: 10_000, ...given };
    const outcome = made.exchange.submit(who, ticket, now);
    if (!outcome.ok) throw new Error(outcome.refusal);
    return outcome.order;
  };
  const sell = (price: number, quantity = 5, now = TEN_O_CLOCK) => place(seller, { side: 'sell', price, quantity }, now);
  const buy = (price: number, quantity = 5, now = TEN_O_CLOCK) => place(buyer, { price, quantity }, now);
  return { ...made, seller, buyer, place, sell, buy };
}

describe('the dynamic interruption, worked by hand', () => {
  test('at 3 % from the trade before the order the rest waits, and two minutes later all trade at one price', () => {
    const { exchange, market, sell, buy } = aMarket();
    sell(10_200);
    sell(10_300);
    // 10,200 is 2 % from 10,000 and trades; 10,300 is 3 % from it, although only 1 % from 10,200.
    const order = buy(10_300, 10);
    expect([order.filled, order.filledAmount, market.state, market.engine.phase]).toEqual([5, 51_000, 'vi', 'auction']);
    expect(market.vi).toMatchObject({ kind: 'dynamic', price: 10_300, reference: 10_000, startedAt: TEN_O_CLOCK, count: 1 });
    // Demand 5 at 10,300; supply 5 at 10,250 and 10 at 10,300: 5 shares trade either way, nothing is left over at 10,250.
    sell(10_250);
    expect(market.engine.expected()).toEqual({ price: 10_250, volume: 5 });
    const { endsAt } = market.vi!;
    runTo(exchange, endsAt - 1);
    expect(order.filled).toBe(5);
    runTo(exchange, endsAt);
    expect([order.filled, order.filledAmount, market.state, market.engine.phase, market.viReference]).toEqual([
      10,
      51_000 + 5 * 10_250,
      'normal',
      'continuous',
      10_250,
    ]);
  });

  test('just below 3 % trades on', () => {
    const { market, sell, buy } = aMarket();
    sell(10_290);
    expect([buy(10_290).filled, market.state]).toEqual([5, 'normal']);
  });

  test('the extension is up to thirty seconds and the same again for the same seed', () => {
    const end = (): number => {
      const { market, sell, buy } = aMarket();
      sell(10_400);
      buy(10_400);
      return market.vi!.endsAt - TEN_O_CLOCK;
    };
    expect(end()).toBe(end());
    expect(end()).toBeGreaterThanOrEqual(120_000);
    expect(end()).toBeLessThanOrEqual(150_000);
  });

  test('IOC trades what it may and is gone, FOK does nothing; in the auction only limit and market orders are taken', () => {
    const { exchange, market, buyer, place, sell } = aMarket();
    sell(10_200);
    sell(10_300);
    expect(place(buyer, { orderType: '12', price: 10_300, quantity: 10 })).toMatchObject({ filled: 0, cancelled: 10 });
    expect(market.state).toBe('normal');
    expect(place(buyer, { orderType: '11', price: 10_300, quantity: 10 })).toMatchObject({ filled: 5, cancelled: 5 });
    expect(market.state).toBe('vi');
    const refusal = (orderType: string) => {
      const outcome = exchange.submit(buyer, { symbol: PENCIL.symbol, side: 'buy', orderType, quantity: 1, price: 10_000 }, TEN_O_CLOCK);
      return outcome.ok ? 'taken' : outcome.refusal;
    };
    expect(['03', '11', '00', '01'].map(refusal)).toEqual(['bad_order_type', 'bad_order_type', 'taken', 'taken']);
  });

  test('an order can be cancelled meanwhile, and a market order that waited becomes a limit order at the auction’s price', () => {
    const { exchange, market, buyer, place, sell, buy } = aMarket();
    sell(10_300);
    const order = buy(10_300);
    expect(exchange.cancel(buyer, order.orderNumber, 'all', TEN_O_CLOCK).ok).toBe(true);
    const market20 = place(buyer, { orderType: '01', price: 0, quantity: 20 });
    runTo(exchange, market.vi!.endsAt);
    expect([market20.filled, market20.filledAmount, market.engine.order(market20.id)?.price]).toEqual([5, 51_500, 10_300]);
  });

  test('one that is still on when the closing auction begins ends in it', () => {
    const { exchange, market, sell, buy } = aMarket();
    const late = seoulInstant(MONDAY, 919);
    sell(10_300, 5, late);
    const order = buy(10_300, 5, late);
    exchange.setPhase('closing_auction', seoulInstant(MONDAY, 920));
    runTo(exchange, seoulInstant(MONDAY, 925));
    expect([order.filled, market.state, market.engine.phase]).toEqual([0, 'normal', 'auction']);
    exchange.setPhase('after', seoulInstant(MONDAY, 930));
    expect(order.filled).toBe(5);
  });
});

test('the static interruption comes at 10 % from the last auction, by however small steps', () => {
  const { market, sell, buy } = aMarket();
  for (const price of [10_290, 10_590, 10_890, 10_990]) {
    sell(price);
    expect(buy(price).filled).toBe(5);
  }
  sell(11_000);
  expect(buy(11_000).filled).toBe(0);
  expect(market.vi).toMatchObject({ kind: 'static', price: 11_000, reference: 10_000 });
});

describe('a halt', () => {
  test('takes no orders, lets them be cancelled, and matches nothing until it ends', () => {
    const { exchange, market, buyer, sell, buy } = aMarket();
    const [first, second] = [buy(9_900), buy(9_900)];
    exchange.interruptions.set(market, 'halted', TEN_O_CLOCK);
    expect(() => sell(9_900)).toThrow('halted');
    expect(exchange.cancel(buyer, first.orderNumber, 'all', TEN_O_CLOCK).ok).toBe(true);
    exchange.interruptions.set(market, 'normal', TEN_O_CLOCK);
    sell(9_900);
    expect([first.filled, second.filled]).toEqual([0, 5]);
  });

  test('during an auction does not end it with a match', () => {
    const { exchange, market, sell, buy } = aMarket();
    sell(10_300);
    const order = buy(10_300);
    exchange.interruptions.set(market, 'halted', TEN_O_CLOCK);
    runTo(exchange, TEN_O_CLOCK + 300_000);
    expect([order.filled, market.state]).toEqual([0, 'halted']);
  });
});

describe('on the wire', () => {
  const venues: Venue[] = [];
  afterEach(async () => {
    for (const venue of venues.splice(0)) await venue.stop();
  });
  async function open(minute: number, schedule: readonly ScheduledState[] = []) {
    const clock = fixedClock(seoulInstant(MONDAY, minute));
    const venue = await aVenue({ clock, tokenPause: false, volatilityInterruptions: true, schedule });
    venues.push(venue);
    const seller = await KisCaller.open(venue, { number: 1, environment: 'real', holdings: [[LISTED, 100]] });
    const buyer = await KisCaller.open(venue, { number: 2, environment: 'real' });
    const market = venue.exchange.markets.get(LISTED)!;
    const ask = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: LISTED };
    const price = async () => (await buyer.get(`${QUOTATIONS}/inquire-price`, ask, 'FHKST01010100')).body.output;
    const book = async () => (await buyer.get(`${QUOTATIONS}/inquire-asking-price-exp-ccn`, ask, 'FHKST01010200')).body;
    return { venue, seller, buyer, market, price, book };
  }
  const tick = 50;
  const up = (price: number, percent: number): number => Math.ceil((price * (100 + percent)) / 100 / tick) * tick;

  test('quotes, books, the market stream and the list of interruptions tell of it', async () => {
    const { venue, seller, buyer, market, price, book } = await open(600);
    const socket = await buyer.socket();
    await socket.register('H0STASP0', LISTED);
    expect((await socket.register('H0STMKO0', LISTED)).msg_cd).toBe('OPSP0000');
    const far = String(up(market.lastPrice, 4));
    await seller.order({ side: 'sell', ORD_QTY: '3', ORD_UNPR: far });
    await buyer.order({ ORD_QTY: '3', ORD_UNPR: far });
    expect((await price()).vi_cls_code).toBe('Y');
    expect((await book()).output2).toMatchObject({ antc_cnpr: far, antc_vol: '3', vi_cls_code: 'Y' });
    const state = await socket.next((frame) => frame.startsWith('0|H0STMKO0'));
    expect(state.split('|')[3]!.split('^').slice(7, 10)).toEqual(['55', 'Y', 'N']);
    const frame = await socket.next((text) => text.startsWith('0|H0STASP0') && text.split('^')[2] === 'C');
    expect(frame.split('^')[47]).toBe(far);
    const list = async () => {
      const query = { FID_COND_SCR_DIV_CODE: '20139', FID_INPUT_ISCD: '', FID_INPUT_DATE_1: '20261123' };
      return (await buyer.get(`${QUOTATIONS}/inquire-vi-status`, query, 'FHPST01390000')).body.output;
    };
    expect(await list()).toMatchObject([
      { mksc_shrn_iscd: LISTED, vi_cls_code: 'Y', cntg_vi_hour: '100000', vi_cncl_hour: '000000', vi_kind_code: '2' },
    ]);
    venue.clock.advance(150_000);
    expect((await buyer.orders()).body.output1[0]).toMatchObject({ tot_ccld_qty: '3', avg_prvs: far });
    expect((await price()).vi_cls_code).toBe('N');
    expect(await list()).toMatchObject([{ vi_cls_code: 'N', vi_cncl_hour: expect.stringMatching(/^1002/) }]);
  });

  test('single-price trading matches every thirty minutes from the open on, and is shown as overheated', async () => {
    const { venue, seller, buyer, market, price, book } = await open(535, [{ symbol: LISTED, state: 'single_price', from: 0, to: 920 }]);
    const at = String(market.lastPrice);
    const trade = async (): Promise<void> => {
      await seller.order({ side: 'sell', ORD_UNPR: at });
      await buyer.order({ ORD_UNPR: at });
    };
    await trade();
    venue.clock.advance(5 * 60_000 - 1);
    expect(market.stats.volume).toBe(0);
    venue.clock.advance(1);
    expect(market.stats.volume).toBe(1);
    await trade();
    expect([(await price()).iscd_stat_cls_code, (await book()).output1.new_mkop_cls_code, (await book()).output2.antc_vol]).toEqual([
      '59',
      '21',
      '1',
    ]);
    venue.clock.advance(30 * 60_000 - 1);
    expect(market.stats.volume).toBe(1);
    venue.clock.advance(1);
    expect(market.stats.volume).toBe(2);
    expect((await buyer.order({ ORD_DVSN: '03', ORD_UNPR: '0' })).body.msg_cd).toBe('APBK0963');
  });

  test('a scheduled halt of one day', async () => {
    const { venue, buyer, price, market } = await open(600, [{ symbol: LISTED, state: 'halted', day: MONDAY, from: 610, to: 620 }]);
    const place = async (): Promise<string> => (await buyer.order({ ORD_UNPR: String(market.lowerLimit) })).body.msg1;
    venue.clock.advance(600_000);
    expect([await place(), (await price()).temp_stop_yn, (await price()).iscd_stat_cls_code]).toEqual([
      '거래정지 종목입니다.(주문불가)',
      'Y',
      '58',
    ]);
    venue.clock.advance(600_000);
    expect([await place(), (await price()).temp_stop_yn]).toEqual(['주문 전송 완료 되었습니다.', 'N']);
  });

  test('a book locked at the upper limit has bids and no asks, and a market buy waits behind them', async () => {
    const { buyer, seller, market, book, venue } = await open(600);
    const { upperLimit } = market;
    market.engine.lastPrice = upperLimit;
    await buyer.order({ ORD_QTY: '5', ORD_UNPR: String(upperLimit) });
    expect((await book()).output1).toMatchObject({ askp1: '0', bidp1: String(upperLimit), bidp_rsqn1: '5', total_askp_rsqn: '0' });
    const late = await KisCaller.open(venue, { number: 3, environment: 'real' });
    await late.order({ ORD_DVSN: '01', ORD_UNPR: '0', ORD_QTY: '2' });
    expect((await book()).output1.bidp_rsqn1).toBe('7');
    market.viReference = upperLimit;
    await seller.order({ side: 'sell', ORD_QTY: '6', ORD_UNPR: String(upperLimit) });
    expect((await late.orders()).body.output1[0].tot_ccld_qty).toBe('1');
  });
});
