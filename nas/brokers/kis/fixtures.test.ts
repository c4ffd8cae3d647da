import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { Symbol } from '#domain/order/order.ts';
import { SHARED } from '#lib/testing/shared.ts';
import { classifyRefusal, judgeOrderAnswer, readEnvelope, TOKEN_TOO_SOON } from './errors.ts';
import { toBalance, toDailyBar, toMinuteBars, toOrder, toOrderBook, toQuote } from './parse.ts';
import * as schemas from './schemas.ts';
import * as reference from './schemas-reference.ts';
import { decrypt, readFrame, splitRecords, toBook, toNotice, toTradePrint } from './stream-frames.ts';

const HERE = new URL('./fixtures/', import.meta.url);
/** The reference and the collection the fixtures were copied from, when this machine has them beside the project. */
const REFERENCE = new URL('reference/', SHARED);
const COLLECTION = new URL('kis-samples/', REFERENCE);

// biome-ignore lint/suspicious/noExplicitAny: fixtures are foreign JSON
const fixture = (name: string): any => JSON.parse(readFileSync(new URL(`${name}.json`, HERE), 'utf8'));
const response = (name: string) => fixture(name).response;
const code = '000660' as Symbol;
const noWarning = (field: string, value: string) => {
  throw new Error(`unexpected warning ${field} ${value}`);
};
const orders = (name: string) => schemas.ordersAnswer.parse(response(name)).output1.map((row) => toOrder(row, noWarning));
const accepts = (schema: z.ZodType, name: string) => schema.parse(response(name));

/** One row a sample: what reading it must give. */
const READINGS: Record<string, () => unknown> = {
  oauth: () => {
    const { tokenP, Approval, tokenP_too_soon } = fixture('oauth');
    expect(schemas.tokenAnswer.parse(tokenP.response).expires_in).toBe(86_400);
    expect(schemas.approvalAnswer.parse(Approval.response).approval_key).toMatch(/^a2585daf/);
    return expect(readEnvelope(JSON.stringify(tokenP_too_soon.response))?.code).toBe(TOKEN_TOO_SOON);
  },
  'order-cash': () =>
    expect(judgeOrderAnswer(200, JSON.stringify(response('order-cash')))).toEqual({
      kind: 'accepted',
      brokerOrderId: '0001569157',
      branch: '06010',
      brokerTime: '155211',
    }),
  'order-rvsecncl': () =>
    expect(judgeOrderAnswer(200, JSON.stringify(response('order-rvsecncl')))).toMatchObject({
      kind: 'accepted',
      brokerOrderId: '0001569139',
    }),
  'live-order-cash-sor': () =>
    expect(judgeOrderAnswer(200, JSON.stringify(response('live-order-cash-sor')))).toMatchObject({ kind: 'accepted', branch: '03930' }),
  'live-order-cash-paper': () =>
    expect(judgeOrderAnswer(200, JSON.stringify(response('live-order-cash-paper')))).toMatchObject({
      kind: 'accepted',
      brokerOrderId: '0000038614',
    }),
  'inquire-daily-ccld': () => {
    const [first, second] = orders('inquire-daily-ccld');
    expect(second).toMatchObject({ brokerOrderId: '0001568196', orderTime: '170038' });
    return expect(first).toEqual({
      brokerOrderId: '0001568197',
      branch: '06010',
      orderDay: '2022-01-03',
      originalOrderId: null,
      symbol: '009150',
      side: 'buy',
      quantity: 10,
      limitPrice: 150_000,
      priceType: 'limit',
      cumQuantity: 0,
      cumAmount: 0,
      leavesQuantity: 0,
      cancelledQuantity: 0,
      rejectedQuantity: 10,
      orderTime: '170100',
      isApiOrder: false,
    });
  },
  'live-inquire-daily-ccld': () =>
    expect(orders('live-inquire-daily-ccld')).toMatchObject([
      {
        symbol: '088350',
        priceType: 'market',
        limitPrice: null,
        cumQuantity: 1,
        cumAmount: 3_145,
        isApiOrder: true,
        orderDay: '2025-12-17',
      },
    ]),
  'live-inquire-daily-ccld-paper-empty': () => expect(orders('live-inquire-daily-ccld-paper-empty')).toEqual([]),
  'inquire-balance': () =>
    expect(toBalance([schemas.balanceAnswer.parse(response('inquire-balance'))])).toEqual({
      // Cash and margin rows of one stock are one holding: 1,657 + 3 shares, 224,424,497 + 369,000 won.
      holdings: [
        {
          symbol: '009150',
          name: '삼성전기',
          quantity: 1_660,
          sellableQuantity: 1_614,
          purchaseAmount: 224_793_497,
          boughtToday: 1_686,
          soldToday: 41,
          lastPrice: null,
        },
      ],
      cash: 346_455,
      cashD1: 346_455,
      cashD2: 346_455,
      netAssets: 2_106_055,
      feesAndTaxToday: 0,
    }),
  'live-inquire-balance-paper': () => {
    const balance = toBalance([schemas.balanceAnswer.parse(response('live-inquire-balance-paper'))]);
    expect(balance.holdings.map((one) => [one.symbol, one.quantity, one.lastPrice])).toEqual([
      ['000660', 1, 215_500],
      ['114800', 35, 4_290],
    ]);
    return expect(balance.cashD2).toBe(9_644_485);
  },
  'inquire-psbl-order': () =>
    expect(schemas.buyingPowerAnswer.parse(response('inquire-psbl-order')).output).toEqual({
      nrcvb_buy_amt: 107_177_377,
      nrcvb_buy_qty: 1_531,
      psbl_qty_calc_unpr: 70_000,
    }),
  'inquire-price': () =>
    expect(toQuote(code, schemas.priceAnswer.parse(response('inquire-price')))).toEqual({
      symbol: '000660',
      last: 128_500,
      open: 128_500,
      high: 130_000,
      low: 128_500,
      basePrice: 128_500,
      upperLimit: 167_000,
      lowerLimit: 90_000,
      volume: 2_669_075,
      value: 344_570_137_500,
      tick: 500,
      isHalted: false,
      statusCode: '',
      isInVi: false,
      isLiquidation: false,
    }),
  'inquire-asking-price-exp-ccn': () => {
    const book = toOrderBook(code, schemas.orderBookAnswer.parse(response('inquire-asking-price-exp-ccn')));
    expect(book.asks).toHaveLength(10);
    // 31: after the close, so the expected price is a leftover and not told.
    return expect(book).toMatchObject({
      time: '160000',
      expectedPrice: 0,
      asks: [{ price: 128_000, quantity: 69_454 }, {}, {}, {}, {}, {}, {}, {}, {}, { price: 132_500, quantity: 29_126 }],
    });
  },
  'inquire-daily-itemchartprice': () =>
    expect(schemas.dailyBarsAnswer.parse(response('inquire-daily-itemchartprice')).output2.map(toDailyBar)).toEqual([
      {
        day: '2022-05-09',
        time: null,
        open: 107_000,
        high: 109_000,
        low: 106_500,
        close: 107_500,
        volume: 2_203_472,
        value: 237_914_727_500,
      },
    ]),
  'inquire-time-itemchartprice': () =>
    expect(toMinuteBars(schemas.minuteBarsAnswer.parse(response('inquire-time-itemchartprice')).output2).at(-1)).toEqual({
      // Turnover of the minute: 55,858,827,400 − 55,731,000,300 won.
      day: '2022-09-02',
      time: '100000',
      open: 92_400,
      high: 92_500,
      low: 92_400,
      close: 92_500,
      volume: 1_383,
      value: 127_827_100,
    }),
  'inquire-time-dailychartprice': () =>
    expect(toMinuteBars(schemas.minuteBarsAnswer.parse(response('inquire-time-dailychartprice')).output2)).toHaveLength(3),
  'inquire-ccnl': () =>
    expect(accepts(reference.lastTradesAnswer, 'inquire-ccnl')).toMatchObject({ output: [{ stck_prpr: 78_900, cntg_vol: 2 }, {}] }),
  'inquire-psbl-rvsecncl': () =>
    expect(accepts(reference.openOrdersAnswer, 'inquire-psbl-rvsecncl')).toMatchObject({
      output: [{ orgn_odno: '0001569136', psbl_qty: 1 }, {}],
    }),
  'live-inquire-psbl-rvsecncl': () =>
    expect(accepts(reference.openOrdersAnswer, 'live-inquire-psbl-rvsecncl')).toMatchObject({ output: [{ odno: '0000457500' }] }),
  'inquire-psbl-sell': () =>
    expect(accepts(reference.sellableAnswer, 'inquire-psbl-sell')).toMatchObject({ output: { ord_psbl_qty: 1_744 } }),
  'chk-holiday': () =>
    expect(reference.holidayAnswer.parse(response('chk-holiday')).output.map((day) => day.opnd_yn)).toEqual(['Y', 'Y', 'Y', 'N']),
  'search-stock-info': () =>
    expect(accepts(reference.stockInfoAnswer, 'search-stock-info')).toMatchObject({ output: { scty_grp_id_cd: 'ST', tr_stop_yn: 'N' } }),
  'inquire-vi-status': () =>
    expect(reference.viAnswer.parse(response('inquire-vi-status')).output[0]).toMatchObject({
      mksc_shrn_iscd: '337120',
      vi_kind_code: '2',
    }),
  errors: () => {
    const expected: Record<string, string> = { EGW00123: 'not_processed', EGW00201: 'not_processed', EGW00215: 'not_processed' };
    for (const { http_status, body } of fixture('errors').items) {
      const outcome = judgeOrderAnswer(http_status, JSON.stringify(body));
      const name = body.msg_cd ?? body.error_code;
      expect([name, outcome.kind]).toEqual([name, expected[name] ?? (name === TOKEN_TOO_SOON ? 'unknown' : 'rejected')]);
      if (outcome.kind === 'rejected') expect(outcome).toEqual({ kind: 'rejected', code: body.msg_cd, message: body.msg1 });
      if (body.rt_cd) expect(classifyRefusal(body.rt_cd, body.msg_cd)).toBe(expected[name] ?? 'refused');
    }
  },
  'ws-frames': () => readFrames(fixture('ws-frames')),
  'ws-fields': () => {
    const names = (stream: string): string[] => fixture('ws-fields').streams[stream].fields.map((field: { name: string }) => field.name);
    const at = (stream: string, positions: Record<number, string>) => {
      for (const [position, name] of Object.entries(positions)) expect(names(stream)[Number(position) - 1]).toBe(name);
    };
    at('H0STCNT0', {
      1: 'MKSC_SHRN_ISCD',
      2: 'STCK_CNTG_HOUR',
      3: 'STCK_PRPR',
      5: 'PRDY_VRSS',
      8: 'STCK_OPRC',
      9: 'STCK_HGPR',
      10: 'STCK_LWPR',
      13: 'CNTG_VOL',
      14: 'ACML_VOL',
      15: 'ACML_TR_PBMN',
      34: 'BSOP_DATE',
      36: 'TRHT_YN',
      44: 'HOUR_CLS_CODE',
    });
    at('H0STASP0', {
      1: 'MKSC_SHRN_ISCD',
      2: 'BSOP_HOUR',
      3: 'HOUR_CLS_CODE',
      4: 'ASKP1',
      14: 'BIDP1',
      24: 'ASKP_RSQN1',
      34: 'BIDP_RSQN1',
      48: 'ANTC_CNPR',
      49: 'ANTC_CNQN',
    });
    for (const stream of ['H0STCNI0', 'H0STCNI9'])
      at(stream, {
        2: 'ACNT_NO',
        3: 'ODER_NO',
        4: 'OODER_NO',
        5: 'SELN_BYOV_CLS',
        6: 'RCTF_CLS',
        9: 'STCK_SHRN_ISCD',
        10: 'CNTG_QTY',
        11: 'CNTG_UNPR',
        12: 'STCK_CNTG_HOUR',
        13: 'RFUS_YN',
        14: 'CNTG_YN',
        15: 'ACPT_YN',
        16: 'BRNC_NO',
      });
    expect(names('H0STCNI0')).toHaveLength(26);
    return expect(names('H0STCNI9')).toHaveLength(23);
  },
  'field-specs': () => {
    // Every field our account schemas demand is documented (the two misspelt ones are known).
    const documented = (endpoint: string): string[] => fixture('field-specs').endpoints[endpoint].response.map((row: string[]) => row[1]);
    expect(documented('inquire-balance')).toEqual(
      expect.arrayContaining([...Object.keys(schemas.holdingRow.shape), ...Object.keys(schemas.cashRow.shape)]),
    );
    expect(documented('inquire-price')).toEqual(
      expect.arrayContaining([
        'stck_prpr',
        'stck_mxpr',
        'stck_llam',
        'stck_sdpr',
        'aspr_unit',
        'temp_stop_yn',
        'iscd_stat_cls_code',
        'vi_cls_code',
      ]),
    );
    return expect(documented('inquire-daily-ccld')).toEqual(
      expect.arrayContaining([
        'ord_gno_brno',
        'odno',
        'orgn_odno',
        'tot_ccld_qty',
        'tot_ccld_amt',
        'rmn_qty',
        'rjct_qty',
        'cnc_cfrm_qty',
        'ordr_empno',
      ]),
    );
  },
  'master-file-layout': () => {
    // The tail's widths add up to the stated length: the layout can be used as it is.
    const layout = fixture('master-file-layout');
    for (const [file, fields] of [
      ['kospi_code.mst', 70],
      ['kosdaq_code.mst', 64],
    ] as const) {
      expect(layout[file].fields).toHaveLength(fields);
      expect(layout[file].fields.reduce((sum: number, field: { width: number }) => sum + field.width, 0)).toBe(layout[file].tail_bytes);
    }
  },
};

/** The samples that stand in the reference's text: what each is, and what reading it must give. */
const INLINE: readonly (readonly [sample: string, read: (sample: string) => void])[] = [
  [
    '{"rt_cd":"0","msg_cd":"APBK0013","msg1":"주문 전송 완료 되었습니다.","output":{"KRX_FWDG_ORD_ORGNO":"03930","ODNO":"0000085100","ORD_TMD":"094414","SOR_ODNO":""}}',
    (sample) =>
      expect(judgeOrderAnswer(200, sample)).toEqual({
        kind: 'accepted',
        brokerOrderId: '0000085100',
        branch: '03930',
        brokerTime: '094414',
      }),
  ],
  [
    '0|H0STCNT0|001|005930^093354^71900^5^-100^-0.14^72023.83^72100^72400^71700^71900^71800^1^3052507^219853241700^5105^6937^1832^84.90^1366314^1159996^1^0.39^20.28^090020^5^-200^090820^5^-500^092619^2^200^20230612^20^N^65945^216924^1118750^2199206^0.05^2424142^125.92^0^^72100',
    (sample) => {
      const frame = readFrame(sample);
      if (frame.kind !== 'data') throw new Error('no data frame');
      expect(splitRecords(frame.payload, frame.count, [46, 47], null).map(toTradePrint)).toMatchObject([
        { symbol: '005930', day: '2023-06-12', time: '093354', price: 71_900, quantity: 1, cumVolume: 3_052_507 },
      ]);
    },
  ],
  [
    'HTS ID^1234567801^0000002891^^02^0^00^0^136480^0000000001^000003190^094941^0^2^2^06010^000000001^홍길동^하림^10^^하림^000000000',
    (sample) =>
      expect(splitRecords(sample, 1, [26, 23], null).map(toNotice)).toMatchObject([
        { accountNumber: '1234567801', brokerOrderId: '0000002891', kind: 'filled', side: 'buy', quantity: 1, price: 3_190 },
      ]),
  ],
  ['{"error_code":"EGW00133","error_description":"…"}', (sample) => expect(readEnvelope(sample)?.code).toBe(TOKEN_TOO_SOON)],
  [
    '{"header":{"tr_id":"PINGPONG","datetime":"YYYYMMDDHHMMSS"}}',
    (sample) => expect(readFrame(sample)).toEqual({ kind: 'pingpong', text: sample }),
  ],
];
/** Shapes with parts left out, which are no samples; hashkey is not used. */
const SHAPES = ['{"BODY":{…},"HASH":"…"}', '{"rt_cd":"0","msg_cd":"…","msg1":"…", "output"…}'];

/** Every entry of ws-frames.json is read below; a new one fails here first. */
const FRAMES_READ = [
  'H0STCNT0_46_fields_before_20260914',
  'H0STCNT0_47_fields_from_20260914_synthetic',
  'H0STCNT0_two_records_synthetic',
  'H0STASP0_59_fields_before_20260914',
  'subscribe_ack',
  'encrypted_example',
  'H0STCNI0_fill_plain_23_fields',
  'H0STCNI0_accept_plain_23_fields',
  'pingpong',
  'already_in_use',
  'max_subscribe_over',
  'H0STMKO0',
];

/** Addresses, the source and what we send ourselves (stream.test.ts holds that against the wire). */
const NO_FRAMES = ['_source', 'url_real', 'url_paper', 'subscribe'];

function readFrames(frames: Record<string, never>): void {
  expect(Object.keys(frames).sort()).toEqual([...FRAMES_READ, ...NO_FRAMES].sort());
  const data = (name: string, widths: readonly number[]): string[][] => {
    const frame = readFrame(frames[name] ?? '');
    if (frame.kind !== 'data') throw new Error('no data frame');
    return splitRecords(frame.payload, frame.count, widths, null);
  };
  const print = {
    symbol: '005930',
    day: '2023-06-12',
    time: '093354',
    price: 71_900,
    quantity: 1,
    cumVolume: 3_052_507,
    cumValue: 219_853_241_700,
    open: 72_100,
    high: 72_400,
    low: 71_700,
    change: -100,
    isHalted: false,
    phase: 'continuous',
  };
  expect(data('H0STCNT0_46_fields_before_20260914', [46, 47]).map(toTradePrint)).toEqual([print]);
  expect(data('H0STCNT0_47_fields_from_20260914_synthetic', [46, 47]).map(toTradePrint)).toEqual([print]);
  expect(data('H0STCNT0_two_records_synthetic', [46, 47]).map(toTradePrint)).toEqual([print, print]);
  const [book] = data('H0STASP0_59_fields_before_20260914', [59, 60]).map(toBook);
  expect(book).toMatchObject({ symbol: '005930', time: '093730', expectedPrice: 0, expectedVolume: 0 });
  expect([book?.asks[0], book?.bids[0]]).toEqual([
    { price: 71_900, quantity: 91_918 },
    { price: 71_800, quantity: 95_221 },
  ]);

  const ack = readFrame(JSON.stringify(frames.subscribe_ack));
  if (ack.kind !== 'control' || !ack.cipher) throw new Error('the ACK carries key and iv');
  const fill = {
    accountNumber: '1234567801',
    brokerOrderId: '0000002891',
    originalOrderId: null,
    branch: '06010',
    kind: 'filled',
    side: 'buy',
    symbol: '136480',
    quantity: 1,
    price: 3_190,
    time: '094941',
  };
  const encrypted = readFrame(frames.encrypted_example ?? '');
  if (encrypted.kind !== 'data' || !encrypted.isEncrypted) throw new Error('the example is encrypted');
  const plain = decrypt(encrypted.payload, ack.cipher);
  expect(plain).toBe(frames.H0STCNI0_fill_plain_23_fields);
  expect(splitRecords(plain, 1, [26, 23], null).map(toNotice)).toEqual([fill]);
  expect(splitRecords(frames.H0STCNI0_accept_plain_23_fields ?? '', 1, [26, 23], null).map(toNotice)).toEqual([
    { ...fill, kind: 'accepted', price: 0 },
  ]);

  expect(readFrame(frames.pingpong ?? '')).toEqual({ kind: 'pingpong', text: frames.pingpong });
  expect(readFrame(JSON.stringify(frames.already_in_use))).toMatchObject({ kind: 'control', rtCd: '9', code: 'OPSP8996' });
  expect(readFrame(JSON.stringify(frames.max_subscribe_over))).toMatchObject({ kind: 'control', code: 'OPSP0008', trKey: '000660' });
  expect(readFrame(frames.H0STMKO0 ?? '')).toMatchObject({ kind: 'data', trId: 'H0STMKO0', count: 1 });
}

describe('every KIS sample is read as it was meant', () => {
  const names = readdirSync(HERE).map((file) => file.replace(/\.json$/, ''));
  test('each fixture has a reading and each reading a fixture', () => {
    expect(Object.keys(READINGS).sort()).toEqual(names.sort());
  });
  test.each(Object.entries(READINGS))('%s', (_name, read) => {
    expect.hasAssertions();
    read();
  });
  test.each(INLINE)('in the text: %s', (sample, read) => read(sample));
  test.runIf(existsSync(REFERENCE))('every sample in the reference’s text is one of these', () => {
    const text = readFileSync(new URL('kis-open-api.md', REFERENCE), 'utf8');
    const samples = [...text.matchAll(/`((?:\{"|[01]\||HTS ID\^)[^`]*)`/g)].map((match) => match[1]);
    expect(samples.sort()).toEqual([...INLINE.map(([sample]) => sample), ...SHAPES].sort());
  });
  test.runIf(existsSync(COLLECTION))('the fixtures are the whole collection, unchanged', () => {
    for (const file of readdirSync(COLLECTION)) {
      expect([file, readFileSync(new URL(file, HERE), 'utf8')]).toEqual([file, readFileSync(new URL(file, COLLECTION), 'utf8')]);
    }
  });
});
