import { createCipheriv } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Symbol } from '#domain/order/order.ts';
import type { BrokerOrder, OrderNotice } from '#nas/brokers/port.ts';
import { judgeOrderAnswer, readEnvelope } from './errors.ts';
import { toBalance, toDailyBar, toDays, toMinuteBars, toOrder, toOrderBook, toPrices, toQuote, UnreadableAnswer } from './parse.ts';
import * as schemas from './schemas.ts';
import * as reference from './schemas-reference.ts';
import { decrypt, FIELD_COUNTS, readFrame, splitRecords, toBook, toNotice, toTradePrint } from './stream-frames.ts';

// Any bytes in, never a wrong fill out: every sample is damaged in its bytes and in its values, and what is read from it must be
// what stands there, or nothing.

// biome-ignore lint/suspicious/noExplicitAny: fixtures are foreign JSON
type Json = any;
const fixture = (name: string): Json => JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8'));
const FIXTURES = readdirSync(new URL('./fixtures/', import.meta.url)).map((file) => file.replace(/\.json$/, ''));
const CODE = '000660' as Symbol;

/** How the client reads each answer; the name of the fixture first. */
const READINGS: Readonly<Record<string, (body: Json) => unknown>> = {
  'inquire-daily-ccld': orders,
  'live-inquire-daily-ccld': orders,
  'live-inquire-daily-ccld-paper-empty': orders,
  'inquire-balance': (body) => toBalance([schemas.balanceAnswer.parse(body)]),
  'live-inquire-balance-paper': (body) => toBalance([schemas.balanceAnswer.parse(body)]),
  'inquire-psbl-order': (body) => schemas.buyingPowerAnswer.parse(body),
  'inquire-psbl-sell': (body) => reference.sellableAnswer.parse(body),
  'inquire-price': (body) => toQuote(CODE, schemas.priceAnswer.parse(body)),
  'inquire-asking-price-exp-ccn': (body) => toOrderBook(CODE, schemas.orderBookAnswer.parse(body)),
  'inquire-daily-itemchartprice': (body) => schemas.dailyBarsAnswer.parse(body).output2.map(toDailyBar),
  'inquire-time-itemchartprice': (body) => toMinuteBars(schemas.minuteBarsAnswer.parse(body).output2),
  'inquire-time-dailychartprice': (body) => toMinuteBars(schemas.minuteBarsAnswer.parse(body).output2),
  'chk-holiday': (body) => toDays(reference.holidayAnswer.parse(body)),
  'inquire-ccnl': (body) => reference.lastTradesAnswer.parse(body),
  'inquire-psbl-rvsecncl': (body) => reference.openOrdersAnswer.parse(body),
  'live-inquire-psbl-rvsecncl': (body) => reference.openOrdersAnswer.parse(body),
  'search-stock-info': (body) => reference.stockInfoAnswer.parse(body),
  'inquire-vi-status': (body) => reference.viAnswer.parse(body),
  'many-prices': (body) => toPrices([CODE], reference.manyPricesAnswer.parse(body)),
};
function orders(body: Json): BrokerOrder[] {
  return schemas.ordersAnswer.parse(body).output1.map((row) => toOrder(row, () => {}));
}
/** No sample of the multi-quote was published; this one follows its table. */
const MANY_PRICES = {
  rt_cd: '0',
  output: [
    {
      inter_shrn_iscd: '000660',
      inter2_prpr: '128500',
      inter2_oprc: '128500',
      inter2_hgpr: '130000',
      inter2_lwpr: '128500',
      inter2_llam: '90000',
      inter2_mxpr: '167000',
      inter2_sdpr: '128500',
      acml_vol: '2669075',
      acml_tr_pbmn: '344570137500',
    },
    {},
  ],
};
const sampleOf = (name: string): Json => (name === 'many-prices' ? MANY_PRICES : { rt_cd: '0', ...fixture(name).response });

const ODD: readonly unknown[] = [
  '', ' ', '0', '-0', '-1', '+7', '1', '1.0', '1.5', '007', '99999999999', '9007199254740993', '1e3', '0x10', 'NaN', 'Infinity', '１', '1,000',
  '1 0', 'Y', 'N', '01', '02', '03', 'A005930', '20261332', '250000', null, 0, -1, 1.5, 7, true, [], {}, [{}], '__proto__', 'null',
]; // biome-ignore format: a list of words

type Damage = (sample: Json) => string;
/** Another value at one to four places of the JSON, inner and outer ones. */
const inValues: fc.Arbitrary<Damage> = fc
  .array(fc.record({ at: fc.nat(), value: fc.oneof(fc.constantFrom(...ODD), fc.integer().map(String), fc.string()) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((changes) => (sample) => {
    const copy = structuredClone(sample);
    for (const { at, value } of changes) {
      const places: [Json, string][] = [];
      const visit = (node: Json): void => {
        if (typeof node !== 'object' || node === null) return;
        for (const name of Object.keys(node)) {
          places.push([node, name]);
          visit(node[name]);
        }
      };
      visit(copy);
      const [holder, name] = places[at % places.length] ?? [copy, 'output'];
      holder[name] = structuredClone(value); // or a later change would reach into the list of values itself
    }
    return JSON.stringify(copy);
  });
/** Other bytes in the text: set, put in, taken out, or the end cut off. */
const inBytes: fc.Arbitrary<(text: string) => string> = fc
  .array(fc.record({ kind: fc.constantFrom('set', 'insert', 'remove', 'digit', 'cut'), at: fc.nat(), byte: fc.nat(255) }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((changes) => (text) => {
    let bytes = [...Buffer.from(text)];
    for (const { kind, at, byte } of changes) {
      const place = bytes.length === 0 ? 0 : at % bytes.length;
      if (kind === 'set') bytes[place] = byte;
      else if (kind === 'digit') bytes[place] = 0x30 + (byte % 10);
      else if (kind === 'insert') bytes.splice(place, 0, byte);
      else if (kind === 'remove') bytes.splice(place, 1 + (byte % 3));
      else if (byte % 4 === 0) bytes = bytes.slice(0, place);
    }
    return Buffer.from(bytes).toString('utf8');
  });
const damages: fc.Arbitrary<Damage> = fc.oneof(
  inValues,
  inBytes.map((change) => (sample: Json) => change(JSON.stringify(sample))),
);

/** Every number in a value, by its path. */
function numbersIn(value: unknown, path = ''): [string, number][] {
  if (typeof value === 'number') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => numbersIn(inner, `${path}.${name}`));
}
/** Every number that stands in an answer, as text or as a number, read as strictly as a person would. */
function numbersToldIn(value: unknown): Set<number> {
  if (typeof value === 'number') return new Set([value]);
  if (typeof value === 'string') return /^\s*[-+]?\d{1,16}(\.\d+)?\s*$/.test(value) ? new Set([Number(value)]) : new Set();
  if (typeof value !== 'object' || value === null) return new Set();
  return new Set(Object.values(value).flatMap((inner) => [...numbersToldIn(inner)]));
}
/** Reckoned by us from several told ones. */
const DERIVED = /\.holdings\.|^\.\d+\.value$|\.cancelled$/;
/** Cash may be below zero (미수). */
const SIGNED = /cash|netAssets|change$/i;

/** What the client makes of these bytes: null when it refuses them. Anything but a refusal of ours ends the test. */
function readBytes(text: string, read: (body: Json) => unknown): { body: Json; value: unknown } | null {
  const envelope = readEnvelope(text);
  if (envelope?.rtCd !== '0') return null;
  try {
    return { body: envelope.body, value: read(envelope.body) };
  } catch (error) {
    expect(['ZodError', 'UnreadableAnswer']).toContain((error as Error).name);
    return null;
  }
}

describe('a damaged answer is refused, or read as it stands', () => {
  test('every sample of an answer takes part', () => {
    const answers = ['oauth', 'order-cash', 'order-rvsecncl', 'live-order-cash-sor', 'live-order-cash-paper', 'errors']; // judged elsewhere
    const noAnswers = ['field-specs', 'ws-fields', 'ws-frames', 'master-file-layout'];
    const all = Object.keys(READINGS).filter((name) => name !== 'many-prices');
    expect([...all, ...answers, ...noAnswers].sort()).toEqual(FIXTURES.sort());
  });

  test.each(Object.entries(READINGS))('%s', (name, read) => {
    const sample = sampleOf(name);
    expect(readBytes(JSON.stringify(sample), read)).not.toBeNull();
    fc.assert(
      fc.property(damages, (damage) => {
        const done = readBytes(damage(sample), read);
        if (!done) return;
        const told = numbersToldIn(done.body);
        for (const [path, number] of numbersIn(done.value)) {
          expect(Number.isFinite(number), path).toBe(true);
          if (!SIGNED.test(path)) expect(number, path).toBeGreaterThanOrEqual(0);
          if (!DERIVED.test(path) && number !== 0) expect([path, told.has(number)]).toEqual([path, true]);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('orders: each figure comes from its own field of its own row', () => {
    const whole = (text: unknown) => (typeof text === 'string' && /^\s*[-+]?\d+(\.0+)?\s*$/.test(text) ? Number(text) + 0 : Number.NaN);
    const sample = sampleOf('live-inquire-daily-ccld');
    fc.assert(
      fc.property(damages, (damage) => {
        const done = readBytes(damage(sample), orders);
        if (!done) return;
        const rows: Json[] = Array.isArray(done.body.output1) ? done.body.output1 : [done.body.output1];
        for (const [at, order] of (done.value as BrokerOrder[]).entries()) {
          const row = rows[at];
          expect([order.quantity, order.cumQuantity, order.cumAmount, order.leavesQuantity, order.rejectedQuantity]).toEqual(
            [row.ord_qty, row.tot_ccld_qty, row.tot_ccld_amt, row.rmn_qty, row.rjct_qty].map(whole),
          );
          expect([order.cancelledQuantity, order.cancelledQuantity <= order.quantity]).toEqual([
            whole(row.cncl_cfrm_qty ?? row.cnc_cfrm_qty),
            true,
          ]);
          expect(Number(order.brokerOrderId)).toBe(Number(row.odno));
          expect(row.pdno.trim().endsWith(order.symbol)).toBe(true);
          expect(row.sll_buy_dvsn_cd.trim()).toBe(order.side === 'buy' ? '02' : '01');
          expect(order.cumQuantity + order.leavesQuantity).toBeLessThanOrEqual(order.quantity);
          expect(order.cumQuantity === 0).toBe(order.cumAmount === 0);
        }
      }),
      { numRuns: 1_500 },
    );
  });

  test('an order’s answer: accepted only with the number that stands there', () => {
    const sample = fixture('order-cash').response;
    fc.assert(
      fc.property(damages, fc.constantFrom(200, 201, 302, 400, 500), (damage, status) => {
        const text = damage(sample);
        const outcome = judgeOrderAnswer(status, text);
        if (outcome.kind !== 'accepted') return;
        const body = JSON.parse(text);
        const output = Array.isArray(body.output) ? body.output[0] : body.output;
        expect([status < 300, body.rt_cd, Number(output.ODNO ?? output.odno)]).toEqual([true, '0', Number(outcome.brokerOrderId)]);
      }),
      { numRuns: 1_500 },
    );
  });
});

describe('a damaged frame is refused, or read as it stands', () => {
  const frames = fixture('ws-frames');
  const READERS = {
    H0STCNT0: { widths: FIELD_COUNTS.trade, read: toTradePrint },
    H0STASP0: { widths: FIELD_COUNTS.book, read: toBook },
    H0STCNI0: { widths: FIELD_COUNTS.notice, read: toNotice },
  } as const;
  /** Null when refused; only a refusal of ours may be thrown: anything else would end the service. */
  const refusedOr = <T>(read: () => T): T | null => {
    try {
      return read();
    } catch (error) {
      expect(error).toBeInstanceOf(UnreadableAnswer);
      return null;
    }
  };
  const market = Object.entries(frames as Record<string, unknown>).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && /^0\|H0ST(CNT|ASP)0\|/.test(entry[1]),
  );

  test.each(market)('%s', (_name, frame) => {
    fc.assert(
      fc.property(inBytes, (damage) => {
        const text = damage(frame);
        const records = refusedOr(() => {
          const taken = readFrame(text);
          if (taken.kind !== 'data' || !Object.hasOwn(READERS, taken.trId)) return [];
          const { widths, read } = READERS[taken.trId as keyof typeof READERS];
          return splitRecords(taken.payload, taken.count, widths, null).map((fields) => ({ fields, value: read(fields) }));
        });
        for (const { fields, value } of records ?? []) {
          const told = numbersToldIn(fields);
          for (const [path, number] of numbersIn(value)) {
            expect(Number.isSafeInteger(number), path).toBe(true);
            if (!SIGNED.test(path)) expect(number, path).toBeGreaterThanOrEqual(0);
            if (number !== 0) expect([path, told.has(number)]).toEqual([path, true]);
          }
        }
      }),
      { numRuns: 600 },
    );
  });

  const noticeIsFaithful = (plain: string): void => {
    const fields = plain.split('^');
    const at = (position: number) => (fields[position - 1] ?? '').trim();
    const notice = refusedOr<OrderNotice | undefined>(() => splitRecords(plain, 1, FIELD_COUNTS.notice, null).map(toNotice)[0]);
    if (!notice) return;
    expect(notice.accountNumber).toBe(at(2));
    expect(notice.accountNumber).toMatch(/^\d{10}$/);
    expect(Number(notice.brokerOrderId)).toBe(Number(at(3)));
    expect(notice.quantity).toBe(Number(at(10)) + 0); // -0 is 0
    expect(notice.price).toBe(Number(at(11)) + 0);
    expect(at(9).endsWith(notice.symbol)).toBe(true);
    expect(notice.side).toBe(at(5) === '02' ? 'buy' : 'sell');
    if (notice.kind !== 'filled') return;
    expect([at(13), at(14)]).toEqual(['0', '2']);
    expect(notice.quantity).toBeGreaterThan(0);
    expect(notice.price).toBeGreaterThan(0);
    expect(notice.quantity).toBeLessThanOrEqual(Number(at(17)));
  };
  const real =
    'user^1234567801^0000002891^^02^0^00^0^136480^0000000004^000003190^094941^0^2^2^06010^000000010^name^^1^Y^^10^^stock^000003190';

  test.each([
    ['a fill on paper, 23 fields', frames.H0STCNI0_fill_plain_23_fields],
    ['an acceptance on paper, 23 fields', frames.H0STCNI0_accept_plain_23_fields],
    ['a fill on real, 26 fields', real],
  ])('%s', (_name, plain: string) => {
    noticeIsFaithful(plain);
    fc.assert(
      fc.property(inBytes, (damage) => noticeIsFaithful(damage(plain))),
      { numRuns: 1_500 },
    );
    const values = fc.array(
      fc.record({ at: fc.nat(25), value: fc.oneof(fc.constantFrom(...ODD.filter((v) => typeof v === 'string')), fc.string()) }),
    );
    fc.assert(
      fc.property(values, (changes) => {
        const fields = plain.split('^');
        for (const { at, value } of changes) fields[at % fields.length] = value as string;
        noticeIsFaithful(fields.join('^'));
      }),
      { numRuns: 1_500 },
    );
  });

  test('other bytes under the cipher, another key, or no base64', () => {
    const cipher = { key: 'abcdefghijklmnopabcdefghijklmnop', iv: '0123456789abcdef' };
    const seal = createCipheriv('aes-256-cbc', cipher.key, cipher.iv);
    const sealed = seal.update(real, 'utf8', 'base64') + seal.final('base64');
    fc.assert(
      fc.property(inBytes, fc.boolean(), (damage, isOtherKey) => {
        const used = isOtherKey ? { ...cipher, key: cipher.key.toUpperCase() } : cipher;
        const plain = refusedOr(() => decrypt(damage(sealed), used));
        if (plain !== null) noticeIsFaithful(plain);
      }),
      { numRuns: 600 },
    );
  });

  test('control messages and plain noise', () => {
    const control = [frames.subscribe_ack, frames.already_in_use, frames.max_subscribe_over].map((one) => JSON.stringify(one));
    fc.assert(
      fc.property(
        fc.constantFrom(...control, frames.pingpong as string),
        inBytes,
        (text, damage) => void refusedOr(() => readFrame(damage(text))),
      ),
      { numRuns: 600 },
    );
    const odd = fc.constantFrom(...ODD);
    const inner = fc.oneof(odd, fc.record({ tr_id: odd, tr_key: odd, rt_cd: odd, msg_cd: odd, output: odd }, { requiredKeys: [] }));
    const message = fc
      .oneof(odd, fc.record({ header: inner, body: inner }, { requiredKeys: [] }))
      .map((value) => JSON.stringify(value) ?? '');
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), message), (text) => void refusedOr(() => readFrame(text))),
      { numRuns: 1_000 },
    );
  });
});
