import { crc32, deflateRawSync } from 'node:zlib';
import type { Exchange } from '../exchange.ts';
import type { MarketState } from '../market/market-state.ts';

/** Bytes of a line's tail, and of the index flags at its front; the rest is laid out alike (reference §4.10). */
const LAYOUT = {
  KOSPI: { file: 'kospi_code.mst', tail: 227, flags: 41, overheated: 32 },
  KOSDAQ: { file: 'kosdaq_code.mst', tail: 221, flags: 36, overheated: 27 },
} as const;
/** Public: no key, no TR id. */
export const MASTER_FOLDER = '/common/master/';

/** The public master files, `kospi_code.mst` and `kosdaq_code.mst`, as zip or plain; null for any other name. */
export function masterFile(exchange: Exchange, name: string): { readonly type: string; readonly bytes: Buffer } | null {
  for (const market of ['KOSPI', 'KOSDAQ'] as const) {
    const { file } = LAYOUT[market];
    if (name !== file && name !== `${file}.zip`) continue;
    const lines = [...exchange.markets.values()].filter(({ instrument }) => instrument.market === market).map(line);
    const bytes = Buffer.concat(lines);
    return name.endsWith('.zip') ? { type: 'application/zip', bytes: zipOf(file, bytes) } : { type: 'application/octet-stream', bytes };
  }
  return null;
}

/** One issue: code 9, ISIN 12, name, then a tail of fixed width. CP949. */
function line({ instrument, basePrice, previousVolume, state }: MarketState): Buffer {
  const layout = LAYOUT[instrument.market];
  const yes = (is: boolean): string => (is ? 'Y' : 'N');
  const flags = (instrument.kind === 'etf' ? 'EF' : 'ST').padEnd(layout.flags, '0').split('');
  flags[layout.overheated] = state === 'single_price' ? '1' : '0';
  const number = (value: number, width: number): string => String(value).padStart(width, '0');
  const tail = [
    flags.join(''),
    number(basePrice, 9),
    number(1, 5), // shares a trade, regular and after hours
    number(1, 5),
    yes(state === 'halted'),
    'N', // liquidation, administrative
    'N',
    '00', // market warning
    'NNN', // warning to come, disclosure fault, listed by a back door
    '000000', // ex-rights, par value, capital increase
    '100', // margin rate, %
    'N000', // credit and its days
    number(previousVolume || instrument.dailyVolume, 12),
    number(5_000, 12), // par value
    '20150102', // listed on
    number(Math.floor(instrument.listedShares / 1_000), 15),
  ].join('');
  const head = `${instrument.symbol.padEnd(9)}${isin(instrument.symbol)}`;
  return Buffer.concat([
    Buffer.from(head, 'latin1'),
    cp949(instrument.nameKo),
    Buffer.from(`${tail.padEnd(layout.tail, '0')}\n`, 'latin1'),
  ]);
}

/** KR7, the code, 00 and the check digit of ISO 6166 (letters count as 10…35, every second digit from the right doubles). */
export function isin(symbol: string): string {
  const body = `KR7${symbol}00`;
  const digits = [...body].map((char) => Number.parseInt(char, 36)).join('');
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 2 : 1);
    return total + Math.floor(value / 10) + (value % 10);
  }, 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}

let codes: Map<string, Buffer> | null = null;
/** The runtime decodes EUC-KR but does not encode it, so its table is turned round. What it lacks becomes a question mark. */
function cp949(text: string): Buffer {
  codes ??= codeTable();
  return Buffer.concat([...text].map((char) => (char < '\u0080' ? Buffer.from(char, 'latin1') : (codes!.get(char) ?? Buffer.from('?')))));
}

function codeTable(): Map<string, Buffer> {
  const decoder = new TextDecoder('euc-kr');
  const table = new Map<string, Buffer>();
  for (let lead = 0xa1; lead <= 0xfe; lead++) {
    for (let trail = 0xa1; trail <= 0xfe; trail++) {
      const bytes = Buffer.from([lead, trail]);
      const char = decoder.decode(bytes);
      if (char.length === 1 && char !== '\ufffd' && !table.has(char)) table.set(char, bytes);
    }
  }
  return table;
}

/** A zip archive of one deflated file (APPNOTE 4.3): local header, data, central directory, end record. */
function zipOf(name: string, content: Buffer): Buffer {
  const data = deflateRawSync(content);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0); // version needed
  common.writeUInt16LE(8, 4); // deflate
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(name.length, 22);
  const nameBytes = Buffer.from(name, 'latin1');
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, nameBytes, data]);
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, Buffer.alloc(14), nameBytes]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}
