import { afterEach, describe, expect, test } from 'vitest';
import { fixedClock } from './clock.ts';
import { seoulInstant } from './seoul-time.ts';
import { MONDAY } from './testing/exchange.ts';
import { aVenue, KisCaller, LISTED, QUOTATIONS, TRADING } from './testing/kis-caller.ts';
import { readVariants, type Variants } from './variants.ts';
import type { Venue, VenueOptions } from './venue.ts';
import type { Environment } from './venue-order.ts';

const venues: Venue[] = [];
afterEach(async () => {
  for (const venue of venues.splice(0)) await venue.stop();
});
async function open(variants: Partial<Variants>, environment: Environment = 'paper', options: VenueOptions = {}) {
  const venue = await aVenue({ variants, tokenPause: false, ...options });
  venues.push(venue);
  const caller = await KisCaller.open(venue, { environment, holdings: [[LISTED, 10]] });
  return { venue, caller, low: venue.exchange.markets.get(LISTED)!.lowerLimit };
}

test('variants are named in one line, and a wrong name or value lists the choices', () => {
  expect(readVariants(' olderToken=dies, paperRows=absent,')).toEqual({ olderToken: 'dies', paperRows: 'absent' });
  expect(readVariants('')).toEqual({});
  expect(() => readVariants('olderTokens=dies')).toThrow('no variant "olderTokens"');
  expect(() => readVariants('olderToken=maybe')).toThrow('stays, dies');
});

describe('tokens', () => {
  test('an older token dies with a newer one only where told so; revoking one may end all', async () => {
    const works = async (variants: Partial<Variants>, revoke: boolean): Promise<unknown> => {
      const { venue, caller } = await open(variants);
      venue.clock.advance(7 * 3_600_000);
      const old = caller.headers('VTTC8434R').authorization!.slice('Bearer '.length);
      const fresh = (await caller.logIn()).body.access_token;
      expect(fresh).not.toBe(old);
      const check = venue.restUrl.paper;
      if (revoke) await caller.post('/oauth2/revokeP', { appkey: caller.appKey, appsecret: caller.appSecret, token: fresh });
      const query = new URLSearchParams({ FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: LISTED });
      const headers = { ...caller.headers('FHKST01010100'), authorization: `Bearer ${old}` };
      return (await (await fetch(`${check}${QUOTATIONS}/inquire-price?${query}`, { headers })).json()).rt_cd;
    };
    expect(await works({}, false)).toBe('0');
    expect(await works({ olderToken: 'dies' }, false)).toBe('1');
    expect(await works({}, true)).toBe('0');
    expect(await works({ revoke: 'all' }, true)).toBe('1');
  });
});

describe('requests that only some readings take', () => {
  test.each([
    { variants: { hashkey: 'required' }, code: 'EGW00131' },
    { variants: { paperOrderTypes: 'limit_and_market' }, given: { ORD_DVSN: '03' }, code: '90000000' },
  ] as const)('$variants: an order is refused with $code', async ({ variants, code, ...rest }) => {
    const { caller, venue } = await open(variants);
    const given = 'given' in rest ? rest.given : {};
    expect((await caller.order(given)).body.msg_cd).toBe(code);
    expect(venue.judge().accounts[0]!.orders).toEqual([]);
  });

  test.each([
    { variants: { branchOfChange: 'required' }, wrong: {}, right: { KRX_FWDG_ORD_ORGNO: '00950' } },
    { variants: { quantityOfWhole: 'zero' }, wrong: { ORD_QTY: '1' }, right: { ORD_QTY: '0' } },
    { variants: { quantityOfWhole: 'remainder' }, wrong: { ORD_QTY: '0' }, right: { ORD_QTY: '1' } },
  ] as const)('$variants: a cancel of the whole', async ({ variants, wrong, right }) => {
    const { caller, low } = await open(variants);
    const { ODNO } = (await caller.order({ ORD_UNPR: String(low) })).body.output;
    expect((await caller.change(ODNO, wrong)).body.msg_cd).toBe('OPSQ2001');
    expect((await caller.change(ODNO, right)).body.msg_cd).toBe('40630000');
  });

  test('a trimmed cursor', async () => {
    for (const [trimmedCursor, code] of [
      ['taken', '20310000'],
      ['refused', 'OPSQ2001'],
    ] as const) {
      const { caller, low } = await open({ trimmedCursor });
      for (let i = 0; i < 16; i++) await caller.order({ ORD_UNPR: String(low) });
      const { ctx_area_nk100 } = (await caller.orders()).body;
      expect((await caller.orders({ CTX_AREA_NK100: ctx_area_nk100.trim() }, { tr_cont: 'N' })).body.msg_cd).toBe(code);
      expect((await caller.orders({ CTX_AREA_NK100: ctx_area_nk100 }, { tr_cont: 'N' })).body.msg_cd).toBe('20310000');
    }
  });
});

describe('answers in another shape', () => {
  test('order numbers without zeros, answers of changes in lower case, SOR_ODNO of its own', async () => {
    const { caller, low } = await open({ orderNumber: 'unpadded', changeAnswer: 'lower', sorNumber: 'own' }, 'real');
    const { output } = (await caller.order({ ORD_UNPR: String(low) })).body;
    expect(output).toMatchObject({ ODNO: '1', SOR_ODNO: '1' });
    expect((await caller.change(output.ODNO)).body.output).toEqual({
      krx_fwdg_ord_orgno: '06010',
      odno: '2',
      ord_tmd: '100000',
      sor_odno: '2',
    });
    expect((await caller.orders({ INQR_DVSN: '01' })).body.output1.map((row: Record<string, string>) => [row.odno, row.orgn_odno])).toEqual(
      [
        ['1', ''],
        ['2', '1'],
      ],
    );
  });

  test.each([
    { cancelToldOn: 'both', told: ['1', '1'] },
    { cancelToldOn: 'order', told: ['1', '0'] },
    { cancelToldOn: 'request', told: ['0', '1'] },
  ] as const)('a cancel told on $cancelToldOn; without the flag, under the documented name', async ({ cancelToldOn, told }) => {
    const { caller, low } = await open({ cancelToldOn, cancelFlag: 'empty', inquiryNames: 'documented' });
    await caller.change((await caller.order({ ORD_UNPR: String(low) })).body.output.ODNO);
    const rows: Record<string, string>[] = (await caller.orders({ INQR_DVSN: '01' })).body.output1;
    expect(rows.map((row) => row.cnc_cfrm_qty)).toEqual(told);
    expect(rows.map((row) => [row.cncl_yn, row.rmn_qty, row.excg_id_dvsn_Cd, row.cncl_cfrm_qty])).toEqual(
      rows.map(() => ['', '0', 'KRX', undefined]),
    );
  });

  test('codes, statuses, last pages, empty balances, sellable shares, empty slots, minutes by their end', async () => {
    const { caller, venue } = await open(
      {
        lastPageCode: 'KIOK0460',
        lastCursor: 'empty',
        sellableName: 'output1',
        APBK0919: 'no_cash',
        outsideLimits: 'APBK0918',
        emptyBars: 'empty_objects',
        minuteLabel: 'end',
      },
      'real',
    );
    const { body } = await caller.orders();
    expect([body.msg_cd, body.ctx_area_fk100.trim()]).toEqual(['KIOK0460', '']);
    const sellable = await caller.get(`${TRADING}/inquire-psbl-sell`, { ...caller.account(), PDNO: LISTED }, 'TTTC8408R');
    expect([sellable.body.output, sellable.body.output1.ord_psbl_qty]).toEqual([undefined, '10']);
    const { lowerLimit } = venue.exchange.markets.get(LISTED)!;
    expect((await caller.order({ ORD_QTY: '9999999', ORD_UNPR: String(lowerLimit) })).body.msg_cd).toBe('APBK0919');
    expect((await caller.order({ ORD_UNPR: String(lowerLimit - 50) })).body.msg_cd).toBe('APBK0918');
    const query = {
      FID_COND_MRKT_DIV_CODE: 'J',
      FID_INPUT_ISCD: LISTED,
      FID_INPUT_HOUR_1: '090300',
      FID_PW_DATA_INCU_YN: 'Y',
      FID_ETC_CLS_CODE: '',
    };
    const { output2 } = (await caller.get(`${QUOTATIONS}/inquire-time-itemchartprice`, query, 'FHKST03010200')).body;
    expect(output2).toHaveLength(30);
    expect(output2.slice(0, 4).map((bar: Record<string, string>) => bar.stck_cntg_hour)).toEqual(['090300', '090200', '090100', undefined]);
    const other = await open({ notPaperCode: 'EGW00213', gatewayStatus: '200' });
    const refusal = await other.caller.get(`${QUOTATIONS}/chk-holiday`, { BASS_DT: '20261123' }, 'CTCA0903R');
    expect([refusal.status, refusal.body.msg_cd]).toEqual([200, 'EGW00213']);
    const third = await open({ emptyBalance: 'no_row' });
    const empty = await KisCaller.open(third.venue, { number: 2 });
    expect((await empty.balance()).body).toMatchObject({ output1: [], output2: [] });
  });

  test('of a long range the oldest hundred bars come where told so', async () => {
    const { caller } = await open({ longRange: 'oldest' });
    const query = {
      FID_COND_MRKT_DIV_CODE: 'J',
      FID_INPUT_ISCD: LISTED,
      FID_INPUT_DATE_1: '20260102',
      FID_INPUT_DATE_2: '20261120',
      FID_PERIOD_DIV_CODE: 'D',
      FID_ORG_ADJ_PRC: '1',
    };
    const { output2 } = (await caller.get(`${QUOTATIONS}/inquire-daily-itemchartprice`, query, 'FHKST03010100')).body;
    expect([output2.length, output2.at(-1).stck_bsop_date]).toEqual([100, '20260102']);
  });
});

describe('what is seen late', () => {
  test('rows of paper may never come, rows of any host may come after three seconds', async () => {
    const none = await open({ paperRows: 'absent' });
    await none.caller.order({ ORD_UNPR: String(none.low) });
    expect((await none.caller.orders()).body).toMatchObject({ output1: [], output2: { tot_ord_qty: '1' } });
    const late = await open({ inquiryLag: '3s', balanceLag: '3s' });
    await late.caller.order({ side: 'sell', ORD_UNPR: String(late.low), ORD_QTY: '4' });
    const buyer = await KisCaller.open(late.venue, { number: 2 });
    await buyer.order({ ORD_UNPR: String(late.low), ORD_QTY: '4' });
    const seen = async () => [(await buyer.orders()).body.output1.length, (await buyer.balance()).body.output1.length];
    expect(await seen()).toEqual([0, 0]);
    late.venue.clock.advance(3_000);
    expect(await seen()).toEqual([1, 1]);
  });
});

describe('streams', () => {
  test('the older of two sockets loses', async () => {
    const { caller } = await open({ secondSocket: 'older' });
    const [older, newcomer] = [await caller.socket(), await caller.socket()];
    await older.register('H0STCNT0', LISTED);
    expect((await newcomer.register('H0STCNT0', LISTED)).msg_cd).toBe('OPSP0000');
    await older.closed();
    expect(older.frames.at(-1)).toContain('OPSP8996');
  });

  test('notices of either layout, received and confirmed, after the answer', async () => {
    const { caller, low } = await open({ noticeFields: '26', changeNotice: 'received_and_confirmed', noticeTiming: 'after_answer' });
    const socket = await caller.socket();
    await socket.register('H0STCNI9', caller.htsId);
    await caller.change((await caller.order({ ORD_UNPR: String(low) })).body.output.ODNO);
    await socket.next(() => socket.notices().length === 3);
    expect(socket.notices().map((fields) => [fields.length, fields[5], fields[14]])).toEqual([
      [26, '0', '1'],
      [26, '2', '1'],
      [26, '2', '2'],
    ]);
    const real = await open({ noticeFields: '23' }, 'real');
    const other = await real.caller.socket();
    await other.register('H0STCNI0', real.caller.htsId);
    await real.caller.order({ ORD_UNPR: String(real.low) });
    await other.next(() => other.notices().length === 1);
    expect(other.notices()[0]).toHaveLength(23);
  });
});

describe('days', () => {
  test.each([
    { paperUnfilled: 'expired', status: 'expired', remaining: '0', cancelled: '0', cancel: '40320000' },
    { paperUnfilled: 'cancelled', status: 'expired', remaining: '0', cancelled: '1', cancel: '40320000' },
    { paperUnfilled: 'carried_over', status: 'working', remaining: '1', cancelled: '0', cancel: '40630000' },
  ] as const)(
    'an unfilled paper order at the end of the session: $paperUnfilled',
    async ({ paperUnfilled, status, remaining, cancelled, cancel }) => {
      const { caller, venue, low } = await open({ paperUnfilled });
      const { ODNO } = (await caller.order({ ORD_UNPR: String(low) })).body.output;
      venue.clock.advance(6 * 3_600_000);
      const [row] = (await caller.orders()).body.output1;
      expect([venue.judge().accounts[0]!.orders[0]!.status, row.rmn_qty, row.cncl_cfrm_qty]).toEqual([status, remaining, cancelled]);
      venue.clock.advance(18 * 3_600_000);
      await caller.logIn();
      expect([venue.exchange.day, venue.exchange.phase]).toEqual(['2026-11-24', 'continuous']);
      expect((await caller.change(ODNO)).body.msg_cd).toBe(cancel);
      expect(venue.judge().accounts[0]!.reservedCash).toBe(0);
    },
  );

  test('order numbers go on, the auction opens earlier, a temporary holiday is closed', async () => {
    const { caller, venue } = await open({ numberRow: 'endless', ordersFrom: '0820' }, 'real', {
      clock: fixedClock(seoulInstant(MONDAY, 500)),
      closedDays: ['2026-11-24'],
    });
    const number = async (): Promise<string> =>
      (await caller.order({ ORD_UNPR: String(venue.exchange.markets.get(LISTED)!.lowerLimit) })).body.output?.ODNO;
    expect([venue.exchange.phase, await number()]).toEqual(['opening_auction', '0000000001']);
    venue.clock.advance(24 * 3_600_000);
    await caller.logIn();
    const { body } = await caller.get(`${QUOTATIONS}/chk-holiday`, { BASS_DT: '20261123', CTX_AREA_NK: '', CTX_AREA_FK: '' }, 'CTCA0903R');
    expect(body.output.slice(0, 3).map((day: Record<string, string>) => day.opnd_yn)).toEqual(['Y', 'N', 'Y']);
    expect((await caller.order({ ORD_UNPR: String(venue.exchange.markets.get(LISTED)!.lowerLimit) })).body.msg_cd).toBe('APBK0919');
    venue.clock.advance(24 * 3_600_000);
    await caller.logIn();
    expect(await number()).toBe('0000000002');
  });

  test('fees cut to ten won', async () => {
    const { venue, caller } = await open({ feeUnit: '10' });
    const price = venue.exchange.markets.get(LISTED)!.lastPrice;
    const buyer = await KisCaller.open(venue, { number: 2 });
    await caller.order({ side: 'sell', ORD_QTY: '9', ORD_UNPR: String(price) });
    await buyer.order({ ORD_QTY: '9', ORD_UNPR: String(price) });
    const [sale] = venue.judge().accounts[0]!.orders;
    expect([sale!.fee % 10, sale!.tax % 10, sale!.fee > 0, sale!.tax > 0]).toEqual([0, 0, true, true]);
  });
});
