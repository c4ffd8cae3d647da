import { readFileSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';
import { decodeCp949 } from '../cp949.ts';
import type { MasterMarket } from '../master.ts';

// Master files made after the published table of widths, so that a wrong offset in the parser shows.

const LAYOUT = JSON.parse(readFileSync(new URL('../fixtures/master-file-layout.json', import.meta.url), 'utf8'));
interface Field {
  readonly name: string;
  readonly width: number;
}
const fieldsOf = (market: MasterMarket): Field[] => LAYOUT[`${market.toLowerCase()}_code.mst`].fields;

/** The decoder the other way round; its own test holds it against known bytes. */
const CP949 = new Map<string, number[]>();
for (let lead = 0x81; lead <= 0xfd; lead++)
  for (let trail = 0x41; trail <= 0xfe; trail++) {
    const text = decodeCp949(Uint8Array.of(lead, trail));
    if (text) CP949.set(text, [lead, trail]);
  }
function cp949(text: string): Buffer {
  return Buffer.from([...text].flatMap((letter) => (letter < '\x80' ? [letter.charCodeAt(0)] : CP949.get(letter)!)));
}

/** One line: the code, the ISIN, the name padded to forty bytes, and the tail with `over` by the field's Korean name. */
export function masterLine(market: MasterMarket, code: string, name: string, over: Readonly<Record<string, string>>): Buffer {
  const used = new Set<string>();
  const tail = fieldsOf(market).map(({ name: label, width }) => {
    const found = Object.keys(over).find((wanted) => label.replaceAll(' ', '').includes(wanted.replaceAll(' ', '')));
    const given = found === undefined || used.has(found) ? undefined : over[found];
    if (found !== undefined && given !== undefined) used.add(found);
    // Numbers are padded with zeros, words with blanks; what is not given is N, or zeros.
    const value = given ?? (width === 1 ? 'N' : '');
    return /^\d*$/.test(value) ? value.padStart(width, '0') : value.padEnd(width, ' ');
  });
  if (used.size !== Object.keys(over).length) throw new Error(`no field for ${Object.keys(over).filter((wanted) => !used.has(wanted))}`);
  const head = cp949(code.padEnd(9) + `KR7${code.slice(-6)}003`.padEnd(12));
  const title = cp949(name);
  return Buffer.concat([head, title, Buffer.alloc(Math.max(0, 40 - title.length), ' '), Buffer.from(tail.join(''), 'latin1')]);
}

/** A zip with one deflated file. */
export function zipped(name: string, bytes: Buffer): Buffer {
  const data = deflateRawSync(bytes);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(crc32(bytes), 14);
  local.writeUInt32LE(data.length, 18);
  local.writeUInt32LE(bytes.length, 22);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(crc32(bytes), 16);
  central.writeUInt32LE(data.length, 20);
  central.writeUInt32LE(bytes.length, 24);
  central.writeUInt16LE(name.length, 28);
  const title = Buffer.from(name, 'latin1');
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + title.length, 12);
  end.writeUInt32LE(local.length + title.length + data.length, 16);
  return Buffer.concat([local, title, data, central, title, end]);
}
