import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SYNTHETIC_INSTRUMENTS } from '../market/instruments.ts';
import { aVenue, LISTED } from '../testing/kis-caller.ts';
import type { Venue } from '../venue.ts';
import { isin } from './master-files.ts';

let venue: Venue;
beforeAll(async () => {
  venue = await aVenue();
});
afterAll(() => venue.stop());

const get = async (name: string): Promise<Buffer> => {
  const response = await fetch(`${venue.restUrl.real}/common/master/${name}`);
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
};

describe.each([
  { market: 'KOSPI', file: 'kospi_code.mst', tail: 227, base: 41 },
  { market: 'KOSDAQ', file: 'kosdaq_code.mst', tail: 221, base: 36 },
] as const)('$file', ({ market, file, tail, base }) => {
  test('has every issue of its market, cut from the right, with names in CP949', async () => {
    const lines = (await get(file)).toString('latin1').split('\n').slice(0, -1);
    const listed = SYNTHETIC_INSTRUMENTS.filter((instrument) => instrument.market === market);
    const read = lines.map((line) => {
      const at = (from: number, width: number): string => line.slice(line.length - tail + from, line.length - tail + from + width);
      const name = new TextDecoder('euc-kr', { fatal: true }).decode(Buffer.from(line.slice(21, line.length - tail), 'latin1'));
      return [line.slice(0, 9).trim(), line.slice(9, 21), name, at(0, 2), Number(at(base, 9)), at(base + 19, 3), Number(at(base + 72, 15))];
    });
    expect(read).toEqual(
      listed.map(({ symbol, nameKo, kind, listedShares }) => {
        const { basePrice } = venue.exchange.markets.get(symbol)!;
        return [symbol, isin(symbol), nameKo, kind === 'etf' ? 'EF' : 'ST', basePrice, 'NNN', listedShares / 1_000];
      }),
    );
  });

  test('is inside its zip', async () => {
    const [zip, plain] = [await get(`${file}.zip`), await get(file)];
    const [packed, size, nameBytes] = [zip.readUInt32LE(18), zip.readUInt32LE(22), zip.readUInt16LE(26)];
    expect(zip.toString('latin1', 30, 30 + nameBytes)).toBe(file);
    const content = inflateRawSync(zip.subarray(30 + nameBytes, 30 + nameBytes + packed));
    expect([content.equals(plain), size]).toEqual([true, plain.length]);
  });
});

test('a halted issue is marked, another file does not exist', async () => {
  venue.setState(LISTED, 'halted');
  const line = (await get('kospi_code.mst')).toString('latin1').split('\n')[0]!;
  expect(line.slice(line.length - 227 + 60, line.length - 227 + 61)).toBe('Y');
  venue.setState(LISTED, 'normal');
  expect((await fetch(`${venue.restUrl.real}/common/master/konex_code.mst.zip`)).status).toBe(404);
});

test('the check digit of a code is that of ISO 6166', () => {
  // Samsung Electronics and SK hynix, as listed.
  expect([isin('005930'), isin('000660')]).toEqual(['KR7005930003', 'KR7000660001']);
});
