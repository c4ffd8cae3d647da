import { crc32, inflateRawSync } from 'node:zlib';
import { AppError } from '#lib/errors.ts';
import { type MasterIssue, type MasterMarket, parseMaster } from './master.ts';

/** Where KIS keeps the files, public and without a key; refreshed every trading day. */
export const MASTER_URL = 'https://new.real.download.dws.co.kr/common/master/';
const FILES: Readonly<Record<MasterMarket, string>> = { KOSPI: 'kospi_code.mst', KOSDAQ: 'kosdaq_code.mst' };

const TIMEOUT_MS = 30_000;
/** The largest, KOSPI, is under 1 MB; unpacked lines have 300 bytes. */
const MOST_ZIP_BYTES = 10 * 1024 * 1024;
const MOST_FILE_BYTES = 50 * 1024 * 1024;

/** Every tradable issue of a market as of the last refresh. `from` is a folder's address that ends in a slash. */
export async function downloadMaster(market: MasterMarket, from: string = MASTER_URL): Promise<MasterIssue[]> {
  const file = FILES[market];
  const url = new URL(`${file}.zip`, from);
  const failed = (why: string, cause?: unknown) =>
    new AppError('broker_unavailable', `the master file ${url.href} could not be read: ${why}`, { cause, detail: { market } });
  let zip: Buffer;
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw failed(`HTTP ${response.status}`);
    zip = Buffer.from(await response.arrayBuffer());
  } catch (error) {
    throw error instanceof AppError ? error : failed('no answer', error);
  }
  if (zip.length > MOST_ZIP_BYTES) throw failed('too large');
  const bytes = unzipOne(zip, file);
  if (!bytes) throw failed('not a zip file with it inside, or damaged');
  return parseMaster(bytes, market);
}

/** One stored or deflated file of a zip; null when it is not there or does not match its checksum. */
export function unzipOne(zip: Buffer, name: string): Buffer | null {
  try {
    // End of central directory: 22 bytes and a comment of at most 64 KB.
    const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
    if (end < 0) return null;
    let at = zip.readUInt32LE(end + 16);
    for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
      if (zip.readUInt32LE(at) !== 0x02014b50) return null;
      const [method, crc, packed] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 16), zip.readUInt32LE(at + 20)];
      const [nameBytes, extraBytes, commentBytes] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32)];
      if (zip.toString('latin1', at + 46, at + 46 + nameBytes) === name) {
        const local = zip.readUInt32LE(at + 42);
        const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
        const data = zip.subarray(start, start + packed);
        const bytes = method === 0 ? data : method === 8 ? inflateRawSync(data, { maxOutputLength: MOST_FILE_BYTES }) : null;
        return bytes && crc32(bytes) === crc ? bytes : null;
      }
      at += 46 + nameBytes + extraBytes + commentBytes;
    }
    return null;
  } catch {
    return null; // offsets outside the file, or a broken stream
  }
}
