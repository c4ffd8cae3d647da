import { createCipheriv } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Symbol } from '#domain/order/order.ts';
import { AppError } from '#lib/errors.ts';
import { createLog } from '#lib/log.ts';
import type { OrderBookSnapshot, OrderNotice, Registration, TradePrint } from '#nas/brokers/port.ts';
import type { KisAuth } from './auth.ts';
import { UnreadableAnswer } from './parse.ts';
import { openKisStream } from './stream.ts';
import { readFrame, toNotice } from './stream-frames.ts';
import { manualClock } from './testing/wire-server.ts';

const frames = JSON.parse(readFileSync(new URL('./fixtures/ws-frames.json', import.meta.url), 'utf8'));
const CIPHER = frames.subscribe_ack.body.output as { key: string; iv: string };
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Ask {
  readonly trId: string;
  readonly trKey: string;
  readonly type: string;
  readonly approvalKey: string;
}

/** A WebSocket server that keeps what it is asked and answers with `onAsk` (an ACK unless told otherwise). */
async function server(onAsk: (ask: Ask, socket: WebSocket) => void = acknowledge) {
  const wss = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/tryitout' });
  await once(wss, 'listening');
  const asks: Ask[] = [];
  const pongs: string[] = [];
  let sessions = 0;
  wss.on('connection', (socket) => {
    sessions++;
    socket.on('pong', (data) => pongs.push(data.toString()));
    socket.on('message', (data) => {
      const { header, body } = JSON.parse(data.toString());
      const ask = { trId: body.input.tr_id, trKey: body.input.tr_key, type: header.tr_type, approvalKey: header.approval_key };
      asks.push(ask);
      onAsk(ask, socket);
    });
  });
  closers.push(async () => {
    for (const socket of wss.clients) socket.terminate();
    await new Promise((resolve) => wss.close(resolve));
  });
  return {
    url: new URL(`ws://127.0.0.1:${(wss.address() as AddressInfo).port}/tryitout`),
    asks,
    pongs,
    sessions: () => sessions,
    say(text: string) {
      for (const socket of wss.clients) socket.send(text);
    },
    cut() {
      for (const socket of wss.clients) socket.terminate();
    },
  };
}

function control(ask: Pick<Ask, 'trId' | 'trKey'>, code: string, rtCd = '0'): string {
  const output = code === 'OPSP0000' ? CIPHER : undefined;
  return JSON.stringify({
    header: { tr_id: ask.trId, tr_key: ask.trKey, encrypt: 'N' },
    body: { rt_cd: rtCd, msg_cd: code, msg1: '', output },
  });
}
function acknowledge(ask: Ask, socket: WebSocket): void {
  socket.send(control(ask, ask.type === '1' ? 'OPSP0000' : 'OPSP0001'));
}
function encrypted(plain: string, count = 1, trId = 'H0STCNI9'): string {
  const cipher = createCipheriv('aes-256-cbc', CIPHER.key, CIPHER.iv);
  return `1|${trId}|${String(count).padStart(3, '0')}|${cipher.update(plain, 'utf8', 'base64')}${cipher.final('base64')}`;
}

/** A stream on that server; time moves only by the test, sockets are real. */
function stream(url: URL, options: { notices?: boolean; approvalKey?: KisAuth['approvalKey'] } = {}) {
  const clock = manualClock();
  const states: string[] = [];
  const notices: OrderNotice[] = [];
  const trades: TradePrint[] = [];
  const books: OrderBookSnapshot[] = [];
  const refused: string[] = [];
  let keys = 0;
  const rejectApprovalKey = vi.fn(() => void keys++);
  const auth: KisAuth = {
    token: () => Promise.reject(new Error('not used')),
    reject() {},
    approvalKey: options.approvalKey ?? (async () => `approval-${keys}`),
    rejectApprovalKey,
  };
  const opened = openKisStream({
    url,
    auth,
    handlers: {
      onNotice: (notice) => notices.push(notice),
      onTrade: (print) => trades.push(print),
      onBook: (book) => books.push(book),
      onState: (state, reason) => states.push(reason ? `${state}: ${reason}` : state),
      onRefusedFrame: (reason) => refused.push(reason),
    },
    notices: options.notices ? { trId: 'H0STCNI9', htsId: 'htsuser77' } : null,
    codeOf: (symbol) => symbol,
    clock,
    log: createLog('test', 'silent'),
  });
  closers.unshift(() => opened.close());
  /** Lets sockets work and subscriptions go out (50 ms apart) without reaching any deadline. */
  const until = (check: () => boolean) =>
    vi.waitFor(
      async () => {
        await clock.advance(10);
        if (!check()) throw new Error(`waiting; states ${states.join(', ')}`);
      },
      { timeout: 20_000, interval: 2 },
    );
  return { opened, clock, states, notices, trades, books, refused, rejectApprovalKey, until };
}

const wants = (codes: readonly string[], kinds: readonly Registration['kind'][] = ['trade']): Registration[] =>
  codes.flatMap((code) => kinds.map((kind) => ({ symbol: code as Symbol, kind })));
const codes = (n: number) => Array.from({ length: n }, (_, at) => String(100_000 + at));

describe('registration', () => {
  test('notices go first, and the stream is live only when all is acknowledged', async () => {
    const held: (() => void)[] = [];
    const wire = await server((ask, socket) =>
      ask.trId === 'H0STASP0' ? held.push(() => acknowledge(ask, socket)) : acknowledge(ask, socket),
    );
    const { opened, until, states } = stream(wire.url, { notices: true });
    opened.setRegistrations(wants(['005930'], ['trade', 'book']));
    await until(() => wire.asks.length === 3);
    expect(wire.asks.map((ask) => [ask.trId, ask.trKey, ask.type])).toEqual([
      ['H0STCNI9', 'htsuser77', '1'],
      ['H0STCNT0', '005930', '1'],
      ['H0STASP0', '005930', '1'],
    ]);
    expect(wire.asks[0]?.approvalKey).toBe('approval-0');
    expect(states).toEqual(['connecting']);
    held[0]?.();
    await until(() => states.includes('live'));
  });

  test('the 42nd registration is refused here, notices counted', async () => {
    const wire = await server();
    const { opened } = stream(wire.url, { notices: true });
    opened.setRegistrations(wants(codes(40)));
    expect(() => opened.setRegistrations(wants(codes(41)))).toThrow(AppError);
    expect(() => opened.setRegistrations(wants(codes(21), ['trade', 'book']))).toThrow(AppError);
  });

  test('a change leaves first and then joins, so that the cap is never passed', async () => {
    const wire = await server();
    const { opened, until, states } = stream(wire.url);
    opened.setRegistrations(wants(['005930', '000660']));
    await until(() => states.includes('live'));
    opened.setRegistrations(wants(['000660', '035420']));
    await until(() => wire.asks.length === 4);
    expect(wire.asks.slice(2).map((ask) => [ask.trKey, ask.type])).toEqual([
      ['005930', '2'],
      ['035420', '1'],
    ]);
  });

  test('a registration without its acknowledgement ends the session', async () => {
    const wire = await server(() => {});
    const { opened, until, states, clock } = stream(wire.url);
    opened.setRegistrations(wants(['005930']));
    await until(() => wire.asks.length === 1);
    wire.say(frames.pingpong);
    await clock.advance(10_000);
    expect(states.at(-1)).toBe('down: no acknowledgement of H0STCNT0');
  });
});

describe('staying alive', () => {
  test('PINGPONG is answered by a pong frame with the same text', async () => {
    const wire = await server();
    const { until, states } = stream(wire.url);
    await until(() => states.includes('live'));
    wire.say(frames.pingpong);
    await until(() => wire.pongs.length === 1);
    expect(wire.pongs).toEqual([frames.pingpong]);
  });

  test('15 s of silence is a dead socket; any frame puts it off', async () => {
    const wire = await server();
    const { until, states, clock, opened } = stream(wire.url);
    await until(() => states.includes('live'));
    await clock.advance(14_000);
    const before = clock.now();
    wire.say(frames.pingpong);
    await until(() => opened.lastFrameAt() >= before);
    await clock.advance(14_000);
    expect(states).not.toContain('down: silent for 15 s');
    await clock.advance(1_000);
    expect(states).toContain('down: silent for 15 s');
  });

  test('a cut line is told at once and everything is registered again, notices first', async () => {
    const wire = await server();
    const { opened, until, states, clock } = stream(wire.url, { notices: true });
    opened.setRegistrations(wants(['005930']));
    await until(() => states.includes('live'));
    wire.cut();
    await until(() => states.some((state) => state.startsWith('down')));
    await clock.advance(1_000);
    await until(() => states.filter((state) => state === 'live').length === 2);
    expect(wire.asks.slice(2).map((ask) => ask.trId)).toEqual(['H0STCNI9', 'H0STCNT0']);
  });

  test('reconnects wait 1, 2, 4, 8, 16, 30, 30 s while nobody answers', async () => {
    const wire = await server((_ask, socket) => socket.terminate());
    const { opened, until, states, clock } = stream(wire.url);
    opened.setRegistrations(wants(['005930']));
    const downs = () => states.filter((state) => state.startsWith('down')).length;
    for (const [nth, seconds] of [1, 2, 4, 8, 16, 30, 30].entries()) {
      await until(() => downs() === nth + 1);
      const before = states.length;
      await clock.advance(seconds * 1_000 - 700); // `until` itself moves the clock a little
      expect(states.length).toBe(before);
      await clock.advance(700);
      expect(states.length).toBeGreaterThan(before);
    }
  });

  test('a key in use is not hammered: 30 s', async () => {
    const wire = await server((_ask, socket) => socket.send(JSON.stringify(frames.already_in_use)));
    const { opened, until, states, clock } = stream(wire.url);
    opened.setRegistrations(wants(['005930']));
    await until(() => states.includes('down: refused OPSP8996'));
    await clock.advance(29_000);
    expect(wire.sessions()).toBe(1);
    await clock.advance(1_000);
    await until(() => wire.sessions() === 2);
  });

  test('a refused approval key is replaced for the next session', async () => {
    const wire = await server((ask, socket) =>
      ask.approvalKey === 'approval-0' ? socket.send(control(ask, 'OPSP0011', '9')) : acknowledge(ask, socket),
    );
    const { opened, until, states, clock, rejectApprovalKey } = stream(wire.url);
    opened.setRegistrations(wants(['005930']));
    await until(() => states.includes('down: refused OPSP0011'));
    await clock.advance(1_000);
    await until(() => states.includes('live'));
    expect(rejectApprovalKey).toHaveBeenCalledTimes(1);
  });

  test('a sign-in that fails is tried again', async () => {
    const wire = await server();
    let asked = 0;
    const approvalKey = async () => {
      if (++asked === 1) throw new AppError('broker_unavailable', 'no', { detail: { code: 'EGW00133' } });
      return 'approval';
    };
    const { until, states, clock } = stream(wire.url, { approvalKey });
    await until(() => states.includes('down: approval key: EGW00133'));
    await clock.advance(1_000);
    await until(() => states.includes('live'));
  });

  test('after close nothing is said and nothing reconnects', async () => {
    const wire = await server();
    const { opened, until, states, clock } = stream(wire.url);
    await until(() => states.includes('live'));
    const before = [...states];
    await opened.close();
    await clock.advance(120_000);
    expect(states).toEqual(before);
    expect(wire.sessions()).toBe(1);
  });
});

describe('frames', () => {
  async function liveStream() {
    const wire = await server();
    const made = stream(wire.url, { notices: true });
    made.opened.setRegistrations(wants(['005930'], ['trade', 'book']));
    await made.until(() => made.states.includes('live'));
    return { wire, ...made };
  }
  const trade46 = frames.H0STCNT0_46_fields_before_20260914 as string;
  const trade47 = frames.H0STCNT0_47_fields_from_20260914_synthetic as string;
  const fill23 = frames.H0STCNI0_fill_plain_23_fields as string;
  /** The same fill in the real layout: condition price, venue, popup, filler, credit class, loan date, name, price. */
  const fill26 = [...fill23.split('^').slice(0, 18), '0', '1', 'Y', '', '10', '', '하림', '0'].join('^');

  test('trades, several of one frame, and books arrive', async () => {
    const { wire, until, trades, books, refused } = await liveStream();
    wire.say(trade46);
    wire.say(frames.H0STCNT0_two_records_synthetic);
    wire.say(frames.H0STASP0_59_fields_before_20260914);
    wire.say(`${frames.H0STASP0_59_fields_before_20260914}^2`.replace('|001|', '|001|'));
    await until(() => books.length === 1 && refused.length === 1);
    expect(trades.map((print) => print.price)).toEqual([71_900, 71_900, 71_900]);
    expect(refused).toEqual(['records changed from 59 to 60 fields']);
  });

  test('the width is settled by the first frame of a connection, and settled anew on the next', async () => {
    const { wire, until, trades, refused, clock, states } = await liveStream();
    wire.say(trade47);
    wire.say(trade46);
    await until(() => trades.length === 1 && refused.length === 1);
    wire.cut();
    await until(() => states.some((state) => state.startsWith('down')));
    await clock.advance(1_000);
    await until(() => states.filter((state) => state === 'live').length === 2);
    wire.say(trade46);
    await until(() => trades.length === 2);
  });

  test.each([
    ['23 fields', () => encrypted(fill23), 1],
    ['26 fields', () => encrypted(fill26), 1],
    ['two records', () => encrypted(`${fill26}^${fill26}`, 2), 2],
    ['the sample vector', () => frames.encrypted_example as string, 1],
  ])('a notice of %s is decrypted and read', async (_name, text, count) => {
    const { wire, until, notices } = await liveStream();
    wire.say(text());
    await until(() => notices.length === count);
    expect(notices[0]).toMatchObject({
      brokerOrderId: '0000002891',
      kind: 'filled',
      quantity: 1,
      price: 3_190,
      side: 'buy',
      symbol: '136480',
      accountNumber: '1234567801',
    });
  });

  test.each([
    ['a notice in the clear', `0|H0STCNI9|001|${fill23}`, 'notice is not encrypted'],
    ['a notice of another key', encrypted(fill23).replace('|001|', '|001|AAAA'), 'notice does not decrypt'],
    ['the notices of the other environment', encrypted(fill23, 1, 'H0STCNI0'), 'market data is encrypted'],
    ['a stream nobody asked for', frames.H0STMKO0 as string, 'stream H0STMKO0 was not asked for'],
    ['a trade with a field missing', trade46.slice(0, trade46.lastIndexOf('^')), '45 fields for 1 records'],
    ['a count that does not fit', trade46.replace('|001|', '|002|'), '46 fields for 2 records'],
    ['no frame at all', 'hello', 'frame of unknown form'],
    ['broken JSON', '{"header":', 'control message is no JSON'],
  ])('%s is refused, counted, and the session goes on', async (_name, text, reason) => {
    const { wire, until, refused, trades, notices, states } = await liveStream();
    wire.say(text);
    await until(() => refused.length === 1);
    expect(refused).toEqual([reason]);
    expect(notices).toEqual([]);
    wire.say(trade46);
    await until(() => trades.length === 1);
    expect(states.at(-1)).toBe('live');
  });

  const fields = fill23.split('^');
  const withCodes = (change: string, refused: string, filled: string, stage: string, original = '') =>
    fields.map((value, at) => ({ 3: original, 5: change, 12: refused, 13: filled, 14: stage })[at] ?? value);
  test.each([
    ['received', withCodes('0', '0', '1', '1'), 'accepted', null],
    ['confirmed', withCodes('0', '0', '1', '2'), 'accepted', null],
    ['filled', withCodes('0', '0', '2', '2'), 'filled', null],
    ['refused', withCodes('0', '1', '1', '1'), 'rejected', null],
    ['ended by IOC', withCodes('0', '0', '1', '3'), 'cancelled', null],
    ['a cancel received', withCodes('2', '0', '1', '1', '0000002000'), 'accepted', '0000002000'],
    ['a cancel confirmed', withCodes('2', '0', '1', '2', '0000002000'), 'cancelled', '0000002000'],
    ['a change confirmed', withCodes('1', '0', '1', '2', '0000002000'), 'replaced', '0000002000'],
    ['a fill after a change', withCodes('1', '0', '2', '2', '0000002000'), 'filled', '0000002000'],
  ])('a notice that says %s', (_name, record, kind, originalOrderId) => {
    expect(toNotice(record)).toMatchObject({ kind, originalOrderId });
  });
  test.each([
    ['unknown change', withCodes('9', '0', '1', '1')],
    ['unknown stage', withCodes('0', '0', '1', '9')],
    ['unknown refusal', withCodes('0', 'X', '2', '2')],
    ['unknown fill flag', withCodes('0', '0', '3', '2')],
  ])('a notice with an %s is not guessed', (_name, record) => expect(() => toNotice(record)).toThrow(UnreadableAnswer));

  test('no text makes the reader do anything but read or refuse, and no damaged notice becomes another fill', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.tuple(fc.constantFrom('0', '1', '{'), fc.string()).map(([a, b]) => `${a}|H0STCNT0|001|${b}`),
          fc.json(),
        ),
        (text) => {
          try {
            readFrame(text);
          } catch (error) {
            expect(error).toBeInstanceOf(UnreadableAnswer);
          }
        },
      ),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 23, maxLength: 23 }), (record) => {
        try {
          const notice = toNotice(record);
          expect(notice.brokerOrderId).toMatch(/^\d{10}$/);
          expect(Number.isSafeInteger(notice.quantity)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableAnswer);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
