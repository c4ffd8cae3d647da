import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aVenue, KisCaller, LISTED, QUOTATIONS, type Reply, TRADING } from '../testing/kis-caller.ts';
import type { Venue } from '../venue.ts';
import fieldNames from './fixtures/field-names.json' with { type: 'json' };

let venue: Venue;
let paper: KisCaller;
let real: KisCaller;
beforeAll(async () => {
  venue = await aVenue();
  paper = await KisCaller.open(venue, { number: 1, holdings: [[LISTED, 100]] });
  real = await KisCaller.open(venue, { number: 2, environment: 'real', holdings: [[LISTED, 100]] });
});
afterAll(() => venue.stop());

const last = (): number => venue.exchange.markets.get(LISTED)!.lastPrice;
const code = (reply: Reply): unknown[] => [reply.status, reply.body.rt_cd, reply.body.msg_cd];

describe('field names are those of the published samples', () => {
  const quote = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: LISTED };
  const cursor = { CTX_AREA_FK100: '', CTX_AREA_NK100: '' };
  const cases: [name: keyof typeof fieldNames, call: () => Promise<Reply>][] = [
    ['inquire-daily-ccld', () => real.orders()],
    ['inquire-balance', () => paper.balance()],
    [
      'inquire-psbl-order',
      () =>
        paper.get(
          `${TRADING}/inquire-psbl-order`,
          { ...paper.account(), PDNO: LISTED, ORD_UNPR: '0', ORD_DVSN: '01', CMA_EVLU_AMT_ICLD_YN: 'N', OVRS_ICLD_YN: 'N' },
          'VTTC8908R',
        ),
    ],
    ['inquire-psbl-sell', () => real.get(`${TRADING}/inquire-psbl-sell`, { ...real.account(), PDNO: LISTED }, 'TTTC8408R')],
    [
      'inquire-psbl-rvsecncl',
      () => real.get(`${TRADING}/inquire-psbl-rvsecncl`, { ...real.account(), INQR_DVSN_1: '0', INQR_DVSN_2: '0', ...cursor }, 'TTTC0084R'),
    ],
    ['inquire-price', () => paper.get(`${QUOTATIONS}/inquire-price`, quote, 'FHKST01010100')],
    ['inquire-asking-price-exp-ccn', () => paper.get(`${QUOTATIONS}/inquire-asking-price-exp-ccn`, quote, 'FHKST01010200')],
    ['inquire-ccnl', () => paper.get(`${QUOTATIONS}/inquire-ccnl`, quote, 'FHKST01010300')],
    [
      'inquire-daily-itemchartprice',
      () =>
        paper.get(
          `${QUOTATIONS}/inquire-daily-itemchartprice`,
          { ...quote, FID_INPUT_DATE_1: '20260101', FID_INPUT_DATE_2: '20261123', FID_PERIOD_DIV_CODE: 'D', FID_ORG_ADJ_PRC: '0' },
          'FHKST03010100',
        ),
    ],
    [
      'inquire-time-itemchartprice',
      () =>
        paper.get(
          `${QUOTATIONS}/inquire-time-itemchartprice`,
          { ...quote, FID_INPUT_HOUR_1: '095900', FID_PW_DATA_INCU_YN: 'Y', FID_ETC_CLS_CODE: '' },
          'FHKST03010200',
        ),
    ],
    ['chk-holiday', () => real.get(`${QUOTATIONS}/chk-holiday`, { BASS_DT: '20261123', CTX_AREA_NK: '', CTX_AREA_FK: '' }, 'CTCA0903R')],
  ];
  test.each(cases)('%s', async (name, call) => {
    for (const caller of [paper, real]) {
      await caller.order({ side: 'sell', ORD_UNPR: String(last()) });
      await caller.order({ ORD_UNPR: String(last()) });
      await caller.order({ ORD_UNPR: String(venue.exchange.markets.get(LISTED)!.lowerLimit) });
    }
    const { status, body } = await call();
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(Object.keys(fieldNames[name]).sort());
    for (const [key, names] of Object.entries(fieldNames[name]) as [string, string[] | null][]) {
      if (names === null) continue;
      const value = body[key];
      const row = Array.isArray(value) ? value[0] : value;
      expect(Object.keys(row).sort(), `${name}.${key}`).toEqual([...names].sort());
      for (const text of Object.values(row)) expect(typeof text).toBe('string');
    }
  });
});

describe('orders', () => {
  test('paper answers 40600000/40590000 from branch 00950, real APBK0013 with SOR_ODNO', async () => {
    const price = String(last());
    const [buy, sell] = [await paper.order({ ORD_UNPR: price }), await paper.order({ side: 'sell', ORD_UNPR: price })];
    expect([...code(buy), ...code(sell)]).toEqual([200, '0', '40600000', 200, '0', '40590000']);
    expect(buy.body.output).toEqual({ KRX_FWDG_ORD_ORGNO: '00950', ODNO: expect.stringMatching(/^\d{10}$/), ORD_TMD: '100000' });
    const live = await real.order({ ORD_UNPR: price });
    expect(code(live)).toEqual([200, '0', 'APBK0013']);
    expect(Object.keys(live.body.output)).toEqual(['KRX_FWDG_ORD_ORGNO', 'ODNO', 'ORD_TMD', 'SOR_ODNO']);
  });

  test.each([
    { why: 'off tick', fields: { ORD_UNPR: '50001' }, paperCode: '40030000', realCode: 'APBK0506' },
    { why: 'outside the limits', fields: { ORD_UNPR: '500000' }, paperCode: '40270000', realCode: 'APBK0506' },
    { why: 'no cash', fields: { ORD_QTY: '9999999' }, paperCode: '40250000', realCode: 'APBK0952' },
    { why: 'unknown symbol', fields: { PDNO: '123456' }, paperCode: '40070000', realCode: 'APBK0656' },
    { why: 'order type', fields: { ORD_DVSN: '21' }, paperCode: '90000000', realCode: 'APBK0963' },
  ])('$why is refused with HTTP 200 and each environment’s code', async ({ fields, paperCode, realCode }) => {
    const onTick = { ORD_UNPR: String(last()), ...fields };
    expect(code(await paper.order(onTick))).toEqual([200, '1', paperCode]);
    expect(code(await real.order(onTick))).toEqual([200, '7', realCode]);
  });

  test.each([
    { why: 'zero shares', fields: { ORD_QTY: '0' } },
    { why: 'minus', fields: { ORD_QTY: '-1' } },
    { why: 'a fraction', fields: { ORD_QTY: '1.5' } },
    { why: 'words', fields: { ORD_UNPR: 'cheap' } },
    { why: 'no symbol', fields: { PDNO: '' } },
    { why: 'a venue paper does not have', fields: { EXCG_ID_DVSN_CD: 'NXT' } },
  ])('$why is OPSQ2001', async ({ fields }) => {
    expect(code(await paper.order(fields))).toEqual([200, '2', 'OPSQ2001']);
  });

  test('another account of another key is refused, and so is malformed JSON', async () => {
    expect(code(await paper.order({ CANO: real.accountNumber }))).toEqual([200, '2', 'OPSQ2000']);
    expect((await paper.post(`${TRADING}/order-cash`, '{"CANO":', 'VTTC0012U')).body.msg_cd).toBe('OPSQ9999');
  });

  test('modify and cancel: new numbers, the inquiry tells which order each belongs to', async () => {
    const caller = await KisCaller.open(venue, { number: 10 });
    const low = venue.exchange.markets.get(LISTED)!.lowerLimit;
    const placed = await caller.order({ ORD_QTY: '10', ORD_UNPR: String(low) });
    const modified = await caller.change(placed.body.output.ODNO, { RVSE_CNCL_DVSN_CD: '01', ORD_UNPR: String(low + 100) });
    expect(modified.body.msg_cd).toBe('40620000');
    const part = await caller.change(modified.body.output.ODNO, { QTY_ALL_ORD_YN: 'N', ORD_QTY: '4' });
    expect(part.body.msg_cd).toBe('40630000');
    expect((await caller.change(modified.body.output.ODNO, { QTY_ALL_ORD_YN: 'N', ORD_QTY: '7' })).body.msg_cd).toBe('40430000');
    await caller.change(modified.body.output.ODNO);
    expect((await caller.change(modified.body.output.ODNO)).body.msg_cd).toBe('40330000');
    expect((await caller.change('0000999999')).body.msg_cd).toBe('40320000');
    const rows = (await caller.orders({ INQR_DVSN: '01' })).body.output1;
    const told = rows.map((row: Record<string, string>) => [row.orgn_odno, row.ord_qty, row.rmn_qty, row.cncl_cfrm_qty, row.cncl_yn]);
    const [first, second] = [placed.body.output.ODNO, modified.body.output.ODNO];
    expect(told).toEqual([
      ['', '10', '0', '0', ''],
      [first, '10', '0', '10', 'Y'],
      [second, '4', '0', '4', ''],
      [second, '6', '0', '6', ''],
    ]);
  });
});

describe.each(['paper', 'real'] as const)('정정 and partial cancels on %s', (environment) => {
  let caller: KisCaller;
  let number = environment === 'paper' ? 40 : 60;
  let low: number;
  const place = async (): Promise<string> => (await caller.order({ ORD_QTY: '10', ORD_UNPR: String(low) })).body.output.ODNO;
  const rows = async (): Promise<string[][]> =>
    (await caller.orders({ INQR_DVSN: '01' })).body.output1.map((row: Record<string, string>) => [
      row.orgn_odno === '' ? 'new' : row.sll_buy_dvsn_cd_name!.slice(4),
      row.ord_qty,
      row.ord_unpr,
      row.tot_ccld_qty,
      row.rmn_qty,
      row.cncl_cfrm_qty,
    ]);
  const fill = (order: string, quantity: number): number => {
    const { exchange } = venue;
    const account = `${environment}:${caller.accountNumber}-01`;
    return exchange.fillByScript(exchange.store.find(account, exchange.day, order)!, quantity, venue.clock.now());
  };
  beforeEach(async () => {
    caller = await KisCaller.open(venue, { number: ++number, environment });
    low = venue.exchange.markets.get(LISTED)!.lowerLimit;
  });

  test('a part moves to a new price under a new number, the rest stays under the old one', async () => {
    const first = await place();
    const change = { RVSE_CNCL_DVSN_CD: '01', QTY_ALL_ORD_YN: 'N', ORD_QTY: '4', ORD_UNPR: String(low + 50) };
    const moved = (await caller.change(first, change)).body.output.ODNO;
    expect([fill(first, 2), fill(moved, 3)]).toEqual([2, 3]);
    expect(await rows()).toEqual([
      ['new', '10', String(low), '2', '4', '0'],
      ['정정*', '4', String(low + 50), '3', '1', '0'],
    ]);
  });

  test('the whole remainder moves, however many have filled before, and filled shares cannot move', async () => {
    const first = await place();
    fill(first, 3);
    const change = { RVSE_CNCL_DVSN_CD: '01', ORD_UNPR: String(low + 50) };
    const tooMany = await caller.change(first, { ...change, QTY_ALL_ORD_YN: 'N', ORD_QTY: '8' });
    expect(tooMany.body.msg_cd).toBe(environment === 'paper' ? '40430000' : 'APBK0927');
    const moved = (await caller.change(first, change)).body.output.ODNO;
    expect(await rows()).toEqual([
      ['new', '10', String(low), '3', '0', '0'],
      ['정정*', '7', String(low + 50), '0', '7', '0'],
    ]);
    expect((await caller.change(first, change)).body.msg_cd).toBe(environment === 'paper' ? '40330000' : 'APBK0927');
    expect((await caller.change(moved, { RVSE_CNCL_DVSN_CD: '01', ORD_UNPR: String(low + 1) })).body.rt_cd).toBe(
      environment === 'paper' ? '1' : '7',
    );
    expect((await rows())[1]![4]).toBe('7');
  });

  test('partial cancels leave the order under its number until nothing is left', async () => {
    const first = await place();
    for (const part of ['4', '5']) await caller.change(first, { QTY_ALL_ORD_YN: 'N', ORD_QTY: part });
    fill(first, 1);
    expect((await caller.change(first)).body.msg_cd).toBe(environment === 'paper' ? '40330000' : 'APBK0927');
    expect(await rows()).toEqual([
      ['new', '10', String(low), '1', '0', '9'],
      ['취소*', '4', '0', '0', '0', '4'],
      ['취소*', '5', '0', '0', '0', '5'],
    ]);
    expect(venue.exchange.ledger.reservedCash(venue.exchange.ledger.accounts.get(`${environment}:${caller.accountNumber}-01`)!)).toBe(0);
  });
});

describe('paging', () => {
  test('paper gives 15 rows a page, marks the end in the header only, pads cursors and fills the last one', async () => {
    const caller = await KisCaller.open(venue, { number: 11 });
    const low = String(venue.exchange.markets.get(LISTED)!.lowerLimit);
    for (let i = 0; i < 32; i++) await caller.order({ ORD_UNPR: low });
    const numbers: string[] = [];
    const marks: (string | null)[] = [];
    let cursors = { CTX_AREA_FK100: '', CTX_AREA_NK100: '' };
    for (let page = 0; page < 3; page++) {
      const { headers, body } = await caller.orders(cursors, page === 0 ? {} : { tr_cont: 'N' });
      marks.push(headers.get('tr_cont'));
      numbers.push(...body.output1.map((row: { odno: string }) => row.odno));
      expect([body.ctx_area_fk100.length, body.ctx_area_nk100.length]).toEqual([100, 100]);
      cursors = { CTX_AREA_FK100: body.ctx_area_fk100, CTX_AREA_NK100: body.ctx_area_nk100 };
    }
    expect(marks).toEqual(['F', 'M', 'E']);
    expect(cursors.CTX_AREA_NK100.trim()).not.toBe('');
    expect(new Set(numbers).size).toBe(32);
    expect(numbers).toEqual([...numbers].sort().reverse());
    expect((await caller.orders({ ODNO: numbers[5]!, CCLD_DVSN: '02' })).body.output1).toHaveLength(1);
    expect((await caller.orders({ SLL_BUY_DVSN_CD: '01' })).body).toMatchObject({ output1: [], msg_cd: '70070000', rt_cd: '0' });
  });

  test('real gives 100 rows a page and KIOK0500 while more follow', async () => {
    const caller = await KisCaller.open(venue, { number: 12, environment: 'real', cash: 10_000_000_000 });
    const low = String(venue.exchange.markets.get(LISTED)!.lowerLimit);
    for (let i = 0; i < 101; i++) await caller.order({ ORD_UNPR: low });
    const { headers, body } = await caller.orders();
    expect([body.output1.length, headers.get('tr_cont'), body.msg_cd]).toEqual([100, 'F', 'KIOK0500']);
  });

  test('the old paper inquiry has totals and never rows', async () => {
    const { body } = await paper.orders({}, {}, 'VTTC8001R');
    expect(body).toMatchObject({ rt_cd: '0', msg_cd: '70070000', output1: [] });
    expect(Number(body.output2.tot_ccld_qty)).toBeGreaterThan(0);
  });
});

test('after a fill the balance obeys D+2 cash + securities = net assets, and the inquiry tells the same amount', async () => {
  const untouched = '990030';
  const buyer = await KisCaller.open(venue, { number: 13 });
  const seller = await KisCaller.open(venue, { number: 14, holdings: [[untouched, 50]] });
  const price = venue.exchange.markets.get(untouched)!.lastPrice;
  await seller.order({ side: 'sell', PDNO: untouched, ORD_QTY: '7', ORD_UNPR: String(price) });
  const { body: placed } = await buyer.order({ PDNO: untouched, ORD_QTY: '7', ORD_DVSN: '01', ORD_UNPR: '0' });
  const { output1, output2 } = (await buyer.balance()).body;
  expect(output1).toHaveLength(1);
  expect(output1[0]).toMatchObject({ pdno: untouched, hldg_qty: '7', ord_psbl_qty: '7', thdt_buyqty: '7', pchs_amt: String(7 * price) });
  const sum = output2[0];
  expect(Number(sum.prvs_rcdl_excc_amt) + Number(sum.scts_evlu_amt)).toBe(Number(sum.nass_amt));
  expect(sum.dnca_tot_amt).toBe('100000000');
  const [row] = (await buyer.orders({ ODNO: placed.output.ODNO })).body.output1;
  expect(row).toMatchObject({ tot_ccld_qty: '7', tot_ccld_amt: String(7 * price), rmn_qty: '0', ordr_empno: 'OpnAPI' });
  expect(100_000_000 - Number(sum.prvs_rcdl_excc_amt) - 7 * price).toBe(Number(sum.thdt_tlex_amt));
});

test('a chart call gives the newest 100 bars, newest first; weeks and months join the days they hold', async () => {
  const chart = async (period: string, from: string, to: string) => {
    const query = {
      FID_COND_MRKT_DIV_CODE: 'J',
      FID_INPUT_ISCD: LISTED,
      FID_INPUT_DATE_1: from,
      FID_INPUT_DATE_2: to,
      FID_PERIOD_DIV_CODE: period,
      FID_ORG_ADJ_PRC: '1',
    };
    return (await paper.get(`${QUOTATIONS}/inquire-daily-itemchartprice`, query, 'FHKST03010100')).body.output2 as Record<string, string>[];
  };
  const days = await chart('D', '20160101', '20261120');
  expect([days.length, days[0]!.stck_bsop_date]).toEqual([100, '20261120']);
  expect((await chart('D', '20160101', '20260629'))[0]!.stck_bsop_date).toBe('20260629');
  const [week] = await chart('W', '20261116', '20261120');
  const five = days.slice(0, 5);
  expect(week).toMatchObject({
    stck_oprc: five.at(-1)!.stck_oprc,
    stck_clpr: five[0]!.stck_clpr,
    acml_vol: String(five.reduce((sum, day) => sum + Number(day.acml_vol), 0)),
  });
  expect((await chart('M', '20260101', '20261031')).map((bar) => bar.stck_bsop_date!.slice(0, 6))).toHaveLength(10);
});

test('the calendar pages on, and knows weekends, holidays and the last day of the year', async () => {
  const page = async (cursor: string) => {
    const query = { BASS_DT: '20261201', CTX_AREA_NK: cursor, CTX_AREA_FK: '' };
    return (await real.get(`${QUOTATIONS}/chk-holiday`, query, 'CTCA0903R', cursor === '' ? {} : { tr_cont: 'N' })).body;
  };
  const first = await page('');
  const second = await page(first.ctx_area_nk);
  const days: Record<string, string>[] = [...first.output, ...second.output];
  expect(days.map((day) => Number(day.bass_dt!.slice(6)))).toEqual([
    ...Array.from({ length: 31 }, (_, i) => i + 1),
    ...Array.from({ length: 17 }, (_, i) => i + 1),
  ]);
  const closed = days.filter((day) => day.opnd_yn === 'N' && !['01', '07'].includes(day.wday_dvsn_cd!));
  expect(closed.map((day) => day.bass_dt)).toEqual(['20261225', '20261231', '20270101']);
});

test('days and minutes page back without a gap or a double', async () => {
  const quote = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: LISTED };
  const before = (day: string): string => {
    const at = new Date(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00Z`);
    return new Date(at.getTime() - 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
  };
  const days: string[] = [];
  for (let to = '20261120'; days.length < 250; ) {
    const query = { ...quote, FID_INPUT_DATE_1: '20200102', FID_INPUT_DATE_2: to, FID_PERIOD_DIV_CODE: 'D', FID_ORG_ADJ_PRC: '1' };
    const { output2 } = (await paper.get(`${QUOTATIONS}/inquire-daily-itemchartprice`, query, 'FHKST03010100')).body;
    days.push(...output2.map((bar: Record<string, string>) => bar.stck_bsop_date));
    to = before(days.at(-1)!);
  }
  const told = venue.history(LISTED, { from: '2020-01-02', to: '2026-11-20' }).map((bar) => bar.day.replaceAll('-', ''));
  expect(days).toEqual(told.toReversed().slice(0, days.length));

  const minutesOf = async (caller: KisCaller, path: string, trId: string, extra: Record<string, string>): Promise<string[]> => {
    const minutes: string[] = [];
    for (let from = '153000'; ; ) {
      const query = { ...quote, FID_INPUT_HOUR_1: from, FID_PW_DATA_INCU_YN: 'Y', FID_ETC_CLS_CODE: '', ...extra };
      const { output2 } = (await caller.get(`${QUOTATIONS}/${path}`, query, trId)).body;
      if (output2.length === 0) return minutes;
      minutes.push(...output2.map((bar: Record<string, string>) => bar.stck_cntg_hour));
      const oldest = Number(minutes.at(-1)!.slice(0, 2)) * 60 + Number(minutes.at(-1)!.slice(2, 4)) - 1;
      from = `${String(Math.floor(oldest / 60)).padStart(2, '0')}${String(oldest % 60).padStart(2, '0')}00`;
    }
  };
  const newestFirst = (day: string): string[] =>
    venue
      .minuteHistory(LISTED, day)
      .map((bar) => bar.time!)
      .reverse();
  expect(await minutesOf(paper, 'inquire-time-itemchartprice', 'FHKST03010200', {})).toEqual(newestFirst('2026-11-23'));
  const past = await minutesOf(real, 'inquire-time-dailychartprice', 'FHKST03010230', {
    FID_INPUT_DATE_1: '20261120',
    FID_FAKE_TICK_INCU_YN: '',
  });
  expect([past.length > 300, past]).toEqual([true, newestFirst('2026-11-20')]);
});

test('many prices: thirty slots in the order asked for, empty ones where nothing is, on the real host only', async () => {
  const ask = (symbols: string[], caller = real) => {
    const pairs = symbols.flatMap((symbol, n) => [
      [`FID_COND_MRKT_DIV_CODE_${n + 1}`, 'J'],
      [`FID_INPUT_ISCD_${n + 1}`, symbol],
    ]);
    return caller.get(`${QUOTATIONS}/intstock-multprice`, Object.fromEntries(pairs), 'FHKST11300006');
  };
  const { output } = (await ask(['990020', '123456', LISTED])).body;
  expect(output).toHaveLength(30);
  expect(output.slice(0, 4).map((row: Record<string, string>) => [row.inter_shrn_iscd, row.inter2_sdpr])).toEqual([
    ['990020', String(venue.exchange.markets.get('990020')!.basePrice)],
    [undefined, undefined],
    [LISTED, String(venue.exchange.markets.get(LISTED)!.basePrice)],
    [undefined, undefined],
  ]);
  expect(code(await ask([]))).toEqual([200, '2', 'OPSQ2001']);
  expect(code(await ask([LISTED], paper))).toEqual([500, '1', 'EGW02006']);
});

test('buying power of a market order is reckoned at the upper limit', async () => {
  const caller = await KisCaller.open(venue, { number: 15, cash: 1_000_000 });
  const query = { ...caller.account(), PDNO: LISTED, ORD_UNPR: '', ORD_DVSN: '01', CMA_EVLU_AMT_ICLD_YN: 'N', OVRS_ICLD_YN: 'N' };
  const { output } = (await caller.get(`${TRADING}/inquire-psbl-order`, query, 'VTTC8908R')).body;
  const { upperLimit } = venue.exchange.markets.get(LISTED)!;
  expect(output).toMatchObject({
    psbl_qty_calc_unpr: String(upperLimit),
    nrcvb_buy_amt: '1000000',
    nrcvb_buy_qty: String(Math.floor(1_000_000 / upperLimit)),
  });
});

describe('the gateway', () => {
  test('keys, hosts and TRs that do not fit', async () => {
    const crossed = (from: KisCaller, to: KisCaller, trId: string) =>
      fetch(`${to.base}${QUOTATIONS}/inquire-price?FID_COND_MRKT_DIV_CODE=J&FID_INPUT_ISCD=${LISTED}`, {
        headers: from.headers(trId),
      }).then(async (r) => [r.status, (await r.json()).msg_cd]);
    expect(await crossed(paper, real, 'FHKST01010100')).toEqual([500, 'EGW02004']);
    expect(await crossed(real, paper, 'FHKST01010100')).toEqual([500, 'EGW02007']);
    expect(code(await paper.get(`${QUOTATIONS}/chk-holiday`, { BASS_DT: '20261123' }, 'CTCA0903R'))).toEqual([500, '1', 'EGW02006']);
    const strange = await fetch(`${paper.base}${QUOTATIONS}/inquire-price`, {
      headers: { ...paper.headers('FHKST01010100'), appkey: 'nobody' },
    });
    expect([strange.status, (await strange.json()).msg_cd]).toEqual([500, 'EGW00103']);
    const noToken = await fetch(`${paper.base}${QUOTATIONS}/inquire-price`, {
      headers: { ...paper.headers('FHKST01010100'), authorization: 'Bearer x' },
    });
    expect((await noToken.json()).msg_cd).toBe('EGW00121');
  });

  test('Date is the venue’s clock', async () => {
    const { headers } = await paper.balance();
    expect(Date.parse(headers.get('date')!)).toBe(venue.clock.now());
  });
});

test('tokens: a minute’s pause, the same one for six hours, expiry after a day', async () => {
  const own = await aVenue();
  try {
    const caller = await KisCaller.open(own);
    const again = await caller.logIn();
    expect([again.status, again.body]).toEqual([
      403,
      { error_code: 'EGW00133', error_description: '접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)' },
    ]);
    own.clock.advance(60_000);
    const first = await caller.logIn();
    expect(first.body).toMatchObject({ token_type: 'Bearer', expires_in: 86_340, access_token_token_expired: '2026-11-24 10:00:00' });
    own.clock.advance(5 * 3_600_000);
    expect((await caller.logIn()).body.access_token).toBe(first.body.access_token);
    own.clock.advance(19 * 3_600_000);
    expect(code(await caller.balance())).toEqual([500, '1', 'EGW00123']);
    expect((await caller.logIn()).body.access_token).not.toBe(first.body.access_token);
    expect((await caller.balance()).status).toBe(200);
  } finally {
    await own.stop();
  }
});

test('a revoked token is refused, and the next issue is a new one', async () => {
  const own = await aVenue({ tokenPause: false });
  try {
    const caller = await KisCaller.open(own);
    const token = (await caller.logIn()).body.access_token;
    const revoked = await caller.post('/oauth2/revokeP', { appkey: caller.appKey, appsecret: caller.appSecret, token });
    expect(revoked.body).toEqual({ code: 200, message: '접근토큰 폐기에 성공하였습니다' });
    expect((await caller.balance()).body.msg_cd).toBe('EGW00121');
    expect((await caller.logIn()).body.access_token).not.toBe(token);
  } finally {
    await own.stop();
  }
});

test('the rate: 1 a second on paper, 18 on real, then EGW00201 with HTTP 500', async () => {
  const own = await aVenue({ requestsPerSecond: { paper: 1, real: 18 } });
  try {
    for (const [environment, allowed] of [
      ['paper', 1],
      ['real', 18],
    ] as const) {
      const caller = await KisCaller.open(own, { environment });
      const codes: unknown[] = [];
      for (let i = 0; i <= allowed; i++) codes.push(code(await caller.balance())[0]);
      expect(codes).toEqual([...Array(allowed).fill(200), 500]);
      expect(code(await caller.balance())).toEqual([500, '1', 'EGW00201']);
      own.clock.advance(1_000);
      expect((await caller.balance()).status).toBe(200);
    }
  } finally {
    await own.stop();
  }
});
