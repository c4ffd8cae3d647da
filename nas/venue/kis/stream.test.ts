import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aVenue, KisCaller, type KisSocket, LISTED } from '../testing/kis-caller.ts';
import type { Venue } from '../venue.ts';

let venue: Venue;
const sockets: KisSocket[] = [];
const connect = async (caller: KisCaller): Promise<KisSocket> => {
  const socket = await caller.socket();
  sockets.push(socket);
  return socket;
};
beforeEach(async () => {
  venue = await aVenue();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await venue.stop();
});

const last = (): string => String(venue.exchange.markets.get(LISTED)!.lastPrice);
const fieldsOf = (frame: string): string[] => frame.split('|')[3]!.split('^');

describe('registrations', () => {
  test('a success tells a 32-character key and a 16-character iv; doubled, unknown and cancelled ones get their codes', async () => {
    const socket = await connect(await KisCaller.open(venue));
    const first = await socket.register('H0STCNT0', LISTED);
    expect(first).toMatchObject({ rt_cd: '0', msg_cd: 'OPSP0000', msg1: 'SUBSCRIBE SUCCESS' });
    expect([first.output.key.length, first.output.iv.length]).toEqual([32, 16]);
    const codes = [
      await socket.register('H0STCNT0', LISTED),
      await socket.register('H0STCNT0', LISTED, '2'),
      await socket.register('H0STCNT0', LISTED, '2'),
      await socket.register('H0STCNT0', '123456'),
      await socket.register('H0STCNT0', LISTED, '1', 'no-such-approval'),
    ].map((body) => body.msg_cd);
    expect(codes).toEqual(['OPSP0002', 'OPSP0001', 'OPSP0003', 'OPSP0007', 'OPSP0011']);
  });

  test('the 42nd is refused with OPSP0008', async () => {
    const socket = await connect(await KisCaller.open(venue));
    const symbols = [...venue.exchange.markets.keys()];
    const codes: string[] = [];
    for (const [trId, symbol] of [...symbols.map((one) => ['H0STCNT0', one] as const), ['H0STASP0', LISTED] as const]) {
      codes.push((await socket.register(trId, symbol)).msg_cd);
    }
    expect(codes.slice(0, 41)).toEqual(Array(41).fill('OPSP0000'));
    expect(codes.slice(41)).toEqual(Array(codes.length - 41).fill('OPSP0008'));
  });

  test('a second session of the key is told OPSP8996 and closed; the first lives on', async () => {
    const caller = await KisCaller.open(venue);
    const first = await connect(caller);
    await first.register('H0STCNT0', LISTED);
    const second = await connect(caller);
    expect((await second.register('H0STCNT0', LISTED)).msg_cd).toBe('OPSP8996');
    await second.closed();
    expect((await first.register('H0STASP0', LISTED)).msg_cd).toBe('OPSP0000');
  });

  test('a wrong HTS id cuts the line, malformed JSON does not', async () => {
    const socket = await connect(await KisCaller.open(venue));
    socket.raw('{"header":');
    expect(await socket.next((frame) => frame.includes('OPSP8991'))).toContain('"rt_cd":"9"');
    socket.send('H0STCNI9', 'somebody-else');
    await socket.closed();
  });
});

test.each([
  { trade: '47' as const, book: '60' as const },
  { trade: '46' as const, book: '59' as const },
])(
  'since and before 2026-09-14: a trade has $trade fields and a book $book; executions of one request share a frame',
  async ({ trade, book }) => {
    const own = await aVenue({ variants: { tradeFields: trade, bookFields: book } });
    try {
      const caller = await KisCaller.open(own, { holdings: [[LISTED, 10]] });
      const socket = await connect(caller);
      await socket.register('H0STCNT0', LISTED);
      await socket.register('H0STASP0', LISTED);
      const price = own.exchange.markets.get(LISTED)!.lastPrice;
      for (const quantity of ['2', '3']) await caller.order({ side: 'sell', ORD_QTY: quantity, ORD_UNPR: String(price) });
      await caller.order({ ORD_QTY: '5', ORD_UNPR: String(price) });
      const frame = await socket.next((text) => text.startsWith('0|H0STCNT0'));
      expect(frame.split('|')[2]).toBe('002');
      const fields = fieldsOf(frame);
      expect(fields).toHaveLength(2 * Number(trade));
      const records = [fields.slice(0, Number(trade)), fields.slice(Number(trade))];
      expect(records.map((record) => [record[0], record[1], record[2], record[12], record[33]])).toEqual([
        [LISTED, '100000', String(price), '2', '20261123'],
        [LISTED, '100000', String(price), '3', '20261123'],
      ]);
      expect(Number(records[1]![13]) - Number(records[0]![13])).toBe(3);
      const depth = fieldsOf(await socket.next((text) => text.startsWith('0|H0STASP0')));
      expect(depth).toHaveLength(Number(book));
      expect([depth[0], depth[3], depth[23]]).toEqual([LISTED, String(price), '2']);
    } finally {
      await own.stop();
    }
  },
);

test('a heartbeat comes by itself, carries the venue’s Seoul time, and its echo is not an error', async () => {
  const own = await aVenue({ pingpongMs: 20 });
  try {
    const socket = await connect(await KisCaller.open(own));
    const ping = await socket.next((frame) => frame.includes('PINGPONG'));
    expect(JSON.parse(ping)).toEqual({ header: { tr_id: 'PINGPONG', datetime: '20261123100000' } });
    socket.raw(ping);
    expect((await socket.register('H0STCNT0', LISTED)).msg_cd).toBe('OPSP0000');
    expect(socket.frames.filter((frame) => frame.includes('OPSP8991'))).toEqual([]);
  } finally {
    await own.stop();
  }
});

describe('order notices', () => {
  test('paper: 23 encrypted fields, acceptance first, then one a fill, before the HTTP answer is read', async () => {
    const buyer = await KisCaller.open(venue);
    const seller = await KisCaller.open(venue, { number: 2, holdings: [[LISTED, 10]] });
    const socket = await connect(buyer);
    await socket.register('H0STCNI9', buyer.htsId);
    for (const quantity of ['4', '6']) await seller.order({ side: 'sell', ORD_QTY: quantity, ORD_UNPR: last() });
    const { ODNO } = (await buyer.order({ ORD_QTY: '10', ORD_UNPR: last() })).body.output;
    await socket.next((frame) => frame.startsWith('1|H0STCNI9|001|') && socket.notices().length === 3);
    const notices = socket.notices();
    expect(notices.map((fields) => fields.length)).toEqual([23, 23, 23]);
    expect(notices.map((f) => [f[1], f[2], f[3], f[4], f[5], f[9], f[12], f[13], f[14]])).toEqual([
      ['5000000101', ODNO, '', '02', '0', '0000000010', '0', '1', '1'],
      ['5000000101', ODNO, '', '02', '0', '0000000004', '0', '2', '2'],
      ['5000000101', ODNO, '', '02', '0', '0000000006', '0', '2', '2'],
    ]);
    expect(notices[1]!.slice(18)).toEqual(['1Y', '10', '', '한빛가온전자', last().padStart(9, '0')]);
  });

  test('real: 26 fields; a cancel names its own and the original number and the cancelled quantity', async () => {
    const caller = await KisCaller.open(venue, { environment: 'real' });
    const socket = await connect(caller);
    await socket.register('H0STCNI0', caller.htsId);
    const placed = (await caller.order({ ORD_QTY: '10', ORD_UNPR: last() })).body.output.ODNO;
    const cancelled = (await caller.change(placed, { QTY_ALL_ORD_YN: 'N', ORD_QTY: '4' })).body.output.ODNO;
    await socket.next(() => socket.notices().length === 2);
    const [accepted, cancel] = socket.notices();
    expect([accepted!.length, cancel!.length]).toEqual([26, 26]);
    expect([cancel![2], cancel![3], cancel![5], cancel![9], cancel![13], cancel![14]]).toEqual([
      cancelled,
      placed,
      '2',
      '0000000004',
      '1',
      '2',
    ]);
    expect(accepted![24]).toBe('한빛가온전자');
  });

  test('only the account’s own HTS id hears them, and nothing is replayed to a later session', async () => {
    const caller = await KisCaller.open(venue);
    const stranger = await KisCaller.open(venue, { number: 2 });
    const other = await connect(stranger);
    await other.register('H0STCNI9', stranger.htsId);
    await caller.order({ ORD_UNPR: last() });
    const late = await connect(caller);
    await late.register('H0STCNI9', caller.htsId);
    await caller.order({ ORD_UNPR: last() });
    await late.next(() => late.notices().length === 1);
    expect(late.notices()[0]![2]).toBe('0000000002');
    expect(other.notices()).toEqual([]);
  });
});
