import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { Symbol, TradingDay } from '#domain/order/order.ts';
import type { KisBrokerOptions } from './broker.ts';
import { brokerOn, fastClock, startRaw, startWire, TOKEN_BODY, type WireAnswer, type WireRequest } from './testing/wire-server.ts';
import { PATHS } from './tr-ids.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

// biome-ignore lint/suspicious/noExplicitAny: fixtures are foreign JSON
const sample = (name: string): any => JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8')).response;
const DAY = '2026-11-20' as TradingDay;
const CODE = '000660' as Symbol;

async function brokerWith(read: (request: WireRequest, nth: number) => WireAnswer, over: Partial<KisBrokerOptions> = {}) {
  let nth = 0;
  const wire = await startWire((request) =>
    request.path === PATHS.token ? { body: { ...TOKEN_BODY, access_token: `token-${nth}` } } : read(request, ++nth),
  );
  const made = brokerOn(wire.url, { clock: fastClock, ...over });
  closers.push(wire.close, () => made.broker.close());
  return { wire, ...made };
}

const orderRow = (odno: string, over = {}) => ({ ...sample('live-inquire-daily-ccld').output1[0], odno, ...over });
type Row = ReturnType<typeof orderRow>;
const sum = (rows: readonly Row[], field: string) => String(rows.reduce((total, row) => total + Number(row[field]), 0));
/** `all` are the rows of the whole list, which the totals tell; those of this page when not given. */
const page = (rows: Row[], trCont: string, cursor = '', all = rows) => ({
  headers: { tr_cont: trCont },
  body: {
    ...sample('live-inquire-daily-ccld'),
    output1: rows,
    output2: { tot_ord_qty: sum(all, 'ord_qty'), tot_ccld_qty: sum(all, 'tot_ccld_qty'), tot_ccld_amt: sum(all, 'tot_ccld_amt') },
    ctx_area_fk100: `12345678^01^${cursor}`.padEnd(100),
    ctx_area_nk100: cursor.padEnd(100),
  },
});

describe('pages', () => {
  test('every page is read with the cursor as it came, until D or E, even when the last page carries a cursor', async () => {
    const rows = [orderRow('1'), orderRow('2'), orderRow('3')];
    const { wire, broker } = await brokerWith((_request, nth) =>
      page([rows[nth - 1]!], ['F', 'M', 'D'][nth - 1]!, ['a', 'b', 'c'][nth - 1], rows),
    );
    const orders = await broker.ordersOn(DAY);
    expect(orders.map((order) => order.brokerOrderId)).toEqual(['0000000001', '0000000002', '0000000003']);
    const asked = wire.requests.filter((request) => request.path === PATHS.orders);
    expect(asked.map((request) => request.headers.tr_cont)).toEqual(['', 'N', 'N']);
    expect(asked.map((request) => request.query.get('CTX_AREA_NK100'))).toEqual(['', 'a'.padEnd(100), 'b'.padEnd(100)]);
    expect(asked[1]?.query.get('CTX_AREA_FK100')).toBe('12345678^01^a'.padEnd(100));
  });

  test.each([
    ['no header', [page([orderRow('1')], '', 'a')]],
    ['an unknown header', [page([orderRow('1')], 'X', 'a')]],
    ['a cursor that repeats', [page([orderRow('1')], 'M', 'a'), page([orderRow('2')], 'M', 'a')]],
    ['a page that fails for good', [page([orderRow('1')], 'M', 'a'), { body: { rt_cd: '2', msg_cd: 'OPSQ2001', msg1: 'ERROR' } }]],
  ])('%s makes the whole read fail, never a part of it', async (_name, pages) => {
    const { broker } = await brokerWith((_request, nth) => pages[nth - 1] ?? page([], 'D'));
    await expect(broker.ordersOn(DAY)).rejects.toMatchObject({ code: 'broker_unavailable' });
  });

  test('pages without end are given up', async () => {
    const { broker } = await brokerWith((_request, nth) => page([orderRow(String(nth))], 'M', `c${nth}`));
    await expect(broker.ordersOn(DAY)).rejects.toMatchObject({ detail: { code: 'PAGE_CAP' } });
  });

  const rows = Array.from({ length: 6 }, (_, n) => orderRow(String(n + 1)));
  const numbers = (orders: readonly { brokerOrderId: string }[]) => orders.map((order) => Number(order.brokerOrderId));
  /** A server that tells each read as one of these pairs of pages. */
  const reads = (...told: [first: Row[], second: Row[], all: Row[]][]) =>
    brokerWith((request, nth) => {
      const [first, second, all] = told[Math.ceil(nth / 2) - 1] ?? told.at(-1)!;
      return request.headers.tr_cont === 'N' ? page(second, 'D', 'z', all) : page(first, 'F', 'a', all);
    });

  test.each([
    ['a row that slipped from the second page to the first is not lost', rows.slice(0, 3), rows.slice(4)],
    ['a row that slipped from the first page to the second is not doubled', rows.slice(0, 3), rows.slice(2)],
    ['a fill between the pages is told', rows.slice(0, 3), [...rows.slice(3, 5), orderRow('6', { tot_ccld_qty: '0', tot_ccld_amt: '0' })]],
  ])('%s: the list is read again until it agrees with its totals', async (_name, first, second) => {
    const { wire, broker } = await reads([first, second, rows], [rows.slice(0, 3), rows.slice(3), rows]);
    const orders = await broker.ordersOn(DAY);
    expect(numbers(orders)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(orders.every((order) => order.cumQuantity === 1)).toBe(true);
    expect(wire.countOf(PATHS.orders)).toBe(4);
  });

  test('totals that mean something else do not stop the reads: two that tell the same orders are believed', async () => {
    const other = [...rows, orderRow('99')];
    const { wire, broker } = await reads([rows.slice(0, 3), rows.slice(3), other]);
    expect(numbers(await broker.ordersOn(DAY))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(wire.countOf(PATHS.orders)).toBe(4);
  });

  test('a list that is another one each time is no list', async () => {
    const { broker } = await reads(
      [rows.slice(0, 3), rows.slice(4), rows],
      [rows.slice(0, 2), rows.slice(3), rows],
      [rows.slice(0, 1), rows.slice(2), rows],
    );
    await expect(broker.ordersOn(DAY)).rejects.toMatchObject({ code: 'broker_unavailable', detail: { code: 'PAGES_SHIFT' } });
  });
});

describe('a list without rows although there are fills (KIS paper)', () => {
  const filled = [orderRow('1')];
  const answers = (...pages: WireAnswer[]) => brokerWith((_request, nth) => pages[nth - 1] ?? pages.at(-1)!, { environment: 'paper' });

  test('is found out on the first fill, and taken back when rows come', async () => {
    const { broker } = await answers(page([], 'D'), page([], 'D', '', filled), page(filled, 'D'));
    await broker.ordersOn(DAY);
    expect(broker.capabilities.inquiryRows).toBe(true); // nothing filled yet: nothing known
    expect(await broker.ordersOn(DAY)).toEqual([]);
    expect(broker.capabilities.inquiryRows).toBe(false);
    expect(await broker.ordersOn(DAY)).toHaveLength(1);
    expect(broker.capabilities.inquiryRows).toBe(true);
  });

  test('is a failed read once the day has shown rows', async () => {
    const { broker } = await answers(page(filled, 'D'), page([], 'D', '', filled));
    await broker.ordersOn(DAY);
    await expect(broker.ordersOn(DAY)).rejects.toMatchObject({ detail: { code: 'ROWS_MISSING' } });
    expect(broker.capabilities.inquiryRows).toBe(true);
  });

  test('is a failed read on a real account', async () => {
    const { broker } = await brokerWith(() => page([], 'D', '', filled));
    await expect(broker.ordersOn(DAY)).rejects.toMatchObject({ detail: { code: 'ROWS_MISSING' } });
  });
});

test('a symbol without rows whose totals tell fills is looked for in the whole list: nobody knows whose totals they are', async () => {
  const mine = orderRow('1', { pdno: CODE });
  const others = [orderRow('2', { pdno: '005930' })];
  const { wire, broker } = await brokerWith((request) =>
    request.query.get('PDNO') ? page([], 'D', '', others) : page([mine, ...others], 'D'),
  );
  expect(await broker.ordersOn(DAY, { symbol: CODE })).toMatchObject([{ symbol: CODE, brokerOrderId: '0000000001' }]);
  expect(wire.countOf(PATHS.orders)).toBe(2);
  expect(broker.capabilities.inquiryRows).toBe(true);
});

describe('what is asked', () => {
  test.each([
    { environment: 'real' as const, day: DAY, now: '2026-11-20T01:00:00Z', trId: 'TTTC0081R', venue: 'ALL' },
    { environment: 'paper' as const, day: DAY, now: '2026-11-20T01:00:00Z', trId: 'VTTC0081R', venue: 'KRX' },
    { environment: 'real' as const, day: DAY, now: '2027-02-20T01:00:00Z', trId: 'TTTC0081R', venue: 'ALL' },
    { environment: 'real' as const, day: DAY, now: '2027-02-20T15:00:00Z', trId: 'CTSC9215R', venue: 'ALL' }, // already the 21st in Seoul
  ])('orders of $day, seen from $now on $environment, use $trId', async ({ environment, day, now, trId, venue }) => {
    const { wire, broker } = await brokerWith(() => page([], 'D'), { environment, clock: { ...fastClock, now: () => Date.parse(now) } });
    await broker.ordersOn(day, { symbol: CODE, side: 'sell' });
    const [, asked] = wire.requests;
    expect(asked?.headers.tr_id).toBe(trId);
    expect(Object.fromEntries(asked?.query ?? [])).toMatchObject({
      INQR_STRT_DT: '20261120',
      INQR_END_DT: '20261120',
      SLL_BUY_DVSN_CD: '01',
      PDNO: '000660',
      CCLD_DVSN: '00',
      EXCG_ID_DVSN_CD: venue,
    });
  });

  test('balance, buying power, quote and book come back in our words', async () => {
    const answers: Record<string, string> = {
      [PATHS.balance]: 'live-inquire-balance-paper',
      [PATHS.buyingPower]: 'inquire-psbl-order',
      [PATHS.price]: 'inquire-price',
      [PATHS.orderBook]: 'inquire-asking-price-exp-ccn',
    };
    const { wire, broker } = await brokerWith((request) => ({ headers: { tr_cont: 'D' }, body: sample(answers[request.path]!) }), {
      environment: 'paper',
    });
    expect(await broker.balance()).toMatchObject({ cashD2: 9_644_485, holdings: [{ symbol: '000660' }, { symbol: '114800' }] });
    expect(await broker.buyingPower({ symbol: CODE, priceType: 'market', limitPrice: null })).toEqual({
      amount: 107_177_377,
      quantity: 1_531,
      reckonedPrice: 70_000,
    });
    expect(await broker.quote(CODE)).toMatchObject({ last: 128_500, tick: 500 });
    expect((await broker.orderBook(CODE)).bids[0]).toEqual({ price: 127_500, quantity: 83_147 });
    expect(wire.requests.slice(1).map((request) => request.headers.tr_id)).toEqual([
      'VTTC8434R',
      'VTTC8908R',
      'FHKST01010100',
      'FHKST01010200',
    ]);
  });

  test.each(['newest', 'oldest'] as const)(
    'daily bars are whole, raw and oldest first, also when KIS tells the %s hundred of a longer range',
    async (told) => {
      const days = Array.from({ length: 900 }, (_, n) => new Date(Date.UTC(2024, 5, 1) + n * 86_400_000))
        .filter((at) => at.getUTCDay() % 6 !== 0)
        .map((at) => at.toISOString().slice(0, 10).replaceAll('-', ''))
        .filter((day) => day < '20250301' || day > '20250930'); // seven months without a bar: a suspension
      const { wire, broker } = await brokerWith(({ query }) => {
        const inside = days.filter((day) => day >= query.get('FID_INPUT_DATE_1')! && day <= query.get('FID_INPUT_DATE_2')!).reverse();
        const rows = told === 'newest' ? inside.slice(0, 100) : inside.slice(-100);
        const bar = sample('inquire-daily-itemchartprice').output2[0];
        return {
          body: {
            rt_cd: '0',
            msg_cd: 'MCA00000',
            msg1: '',
            output1: {},
            output2: [...rows.map((day) => ({ ...bar, stck_bsop_date: day })), {}],
          },
        };
      });
      const bars = await broker.dailyBars(CODE, '2020-01-01' as TradingDay, '2026-11-20' as TradingDay);
      expect(bars.map((bar) => bar.day.replaceAll('-', ''))).toEqual(days.filter((day) => day <= '20261120'));
      expect(wire.requests[1]?.query.get('FID_ORG_ADJ_PRC')).toBe('1');
    },
  );

  test('minute bars reach back to the open, turnover per minute', async () => {
    const minutes = Array.from(
      { length: 75 },
      (_, n) => `${String(9 + Math.floor(n / 60)).padStart(2, '0')}${String(n % 60).padStart(2, '0')}00`,
    );
    const { broker } = await brokerWith(
      ({ query }) => {
        const rows = minutes
          .filter((time) => time <= query.get('FID_INPUT_HOUR_1')!)
          .reverse()
          .slice(0, 30);
        const bar = sample('inquire-time-itemchartprice').output2[0];
        const output2 = rows.map((time) => ({ ...bar, stck_cntg_hour: time, acml_tr_pbmn: String((minutes.indexOf(time) + 1) * 1_000) }));
        return { body: { rt_cd: '0', msg_cd: 'MCA00000', msg1: '', output1: {}, output2 } };
      },
      { clock: { ...fastClock, now: () => Date.parse('2026-11-20T01:14:30Z') } },
    );
    const bars = await broker.minuteBars(CODE);
    expect(bars.map((bar) => bar.time)).toEqual(minutes);
    expect(new Set(bars.map((bar) => bar.value))).toEqual(new Set([1_000]));
  });
});

describe('a read that fails', () => {
  const ok = () => ({ body: sample('inquire-price') });
  const fault = (code: string, status = 500) => ({ status, body: { rt_cd: '1', msg_cd: code, msg1: '' } });

  test.each([
    ['EGW00201', fault('EGW00201')],
    ['EGW00215 with HTTP 200', fault('EGW00215', 200)],
    ['EGW00301', fault('EGW00301')],
    ['a 502 page', { status: 502, body: '<html/>' }],
    ['half a body', { body: '{"rt_cd":"0"' }],
  ])('%s is asked again and then answers', async (_name, failure) => {
    const { wire, broker } = await brokerWith((_request, nth) => (nth < 4 ? failure : ok()));
    expect(await broker.quote(CODE)).toMatchObject({ last: 128_500 });
    expect(wire.countOf(PATHS.price)).toBe(4);
  });

  test.each([
    ['a throttle that stays is given up after four attempts', fault('EGW00201'), 4],
    ['a wrong key is not repeated', fault('EGW02004'), 1],
    ['bad input is not repeated', fault('OPSQ2001', 200), 1],
    ['a redirect is not followed', { status: 302, headers: { location: '/elsewhere' }, body: '' }, 1],
    ['an answer without the fields we need is not repeated', { body: { rt_cd: '0', msg_cd: 'MCA00000', msg1: '', output: {} } }, 1],
  ])('%s', async (_name, failure, requests) => {
    const { wire, broker } = await brokerWith(() => failure);
    await expect(broker.quote(CODE)).rejects.toMatchObject({ code: 'broker_unavailable' });
    expect(wire.requests.filter((request) => request.path !== PATHS.token)).toHaveLength(requests);
  });

  test('a dead token is replaced and the read repeated once, without waiting', async () => {
    let now = Date.now();
    const { wire, broker } = await brokerWith(
      (request) => {
        now += 61_000;
        return request.headers.authorization === 'Bearer token-0' ? fault('EGW00123') : ok();
      },
      { clock: { ...fastClock, now: () => now } },
    );
    expect(await broker.quote(CODE)).toMatchObject({ last: 128_500 });
    expect(wire.countOf(PATHS.token)).toBe(2);
    expect(wire.countOf(PATHS.price)).toBe(2);
  });

  test('a line that is cut is tried again on a new connection', async () => {
    const raw = await startRaw((socket) => socket.destroy());
    closers.push(raw.close);
    const { wire } = await brokerWith(ok);
    const store = (await import('./token-store.ts')).memoryTokenStore();
    await brokerOn(wire.url, { tokenStore: store }).broker.quote(CODE);
    await expect(brokerOn(raw.url, { tokenStore: store, clock: fastClock }).broker.quote(CODE)).rejects.toMatchObject({
      code: 'broker_unavailable',
    });
    expect(raw.state.connections).toBe(4);
  });

  test.each([
    ['an unknown side', { sll_buy_dvsn_cd: '03' }],
    ['a quantity that is no number', { tot_ccld_qty: 'many' }],
    ['half a share', { ord_qty: '1.5' }],
    ['more filled than ordered', { ord_qty: '1', tot_ccld_qty: '2' }],
    ['a stock code of another product', { pdno: 'J0036221D1' }],
    ['no cancelled quantity under either name', { cncl_cfrm_qty: undefined }],
    ['an order number that is none', { odno: 'ABC' }],
  ])('an order row with %s fails loudly', async (_name, over) => {
    const { broker } = await brokerWith(() => page([orderRow('1', over)], 'D'));
    await expect(broker.ordersOn(DAY)).rejects.toMatchObject({ code: 'broker_unavailable', detail: { code: 'UNREADABLE' } });
  });

  test('an order type nobody knows is told as none and warned about', async () => {
    const { broker, lines } = await brokerWith(() => page([orderRow('1', { ord_dvsn_cd: '99' })], 'D'));
    expect(await broker.ordersOn(DAY)).toMatchObject([{ priceType: null }]);
    expect(lines.join('')).toContain('kis code unknown');
  });

  test('an empty paper account is an account without cash, holdings without a cash row are not believed', async () => {
    const body = (output1: unknown[]) => ({
      headers: { tr_cont: 'D' },
      body: { ...sample('live-inquire-balance-paper'), output1, output2: [] },
    });
    const empty = await brokerWith(() => body([]));
    expect(await empty.broker.balance()).toEqual({ holdings: [], cash: 0, cashD1: 0, cashD2: 0, netAssets: 0 });
    const odd = await brokerWith(() => body(sample('live-inquire-balance-paper').output1));
    await expect(odd.broker.balance()).rejects.toMatchObject({ code: 'broker_unavailable' });
  });
});

test('the clock offset is the median of Date headers, and unknown before five', async () => {
  const { broker } = await brokerWith((_request, nth) => ({
    headers: { date: new Date(Date.now() + (nth === 3 ? 3_600_000 : 7_000)).toUTCString() },
    body: sample('inquire-price'),
  }));
  for (let n = 0; n < 4; n++) await broker.quote(CODE);
  expect(broker.clockOffsetMs()).toBeNull();
  await broker.quote(CODE);
  expect(Math.abs(broker.clockOffsetMs()! - 7_000)).toBeLessThan(1_000);
});
