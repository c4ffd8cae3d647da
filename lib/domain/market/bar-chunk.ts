/**
 * The compact form of `bar_chunks.bytes`: one symbol, one timeframe, one stretch of time, columns one after the other.
 *
 *   u32 magic "NBC1" · u32 n · i32[n] time · f64[n] open · high · low · close · f64[n] volume · f64[n] value   (little endian)
 *
 * `time` is the day as yyyymmdd for daily bars and the minute since 1970 in UTC for minute bars. The i32 column is padded to a
 * multiple of 8 bytes so that every later column can be read in place.
 */
export interface BarColumns {
  readonly time: Int32Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly value: Float64Array;
}

const MAGIC = 0x3143424e; // "NBC1" read as little endian
const HEADER_BYTES = 8;
const COLUMNS = ['open', 'high', 'low', 'close', 'volume', 'value'] as const;

const timeBytes = (n: number): number => (n * 4 + 7) & ~7;

/** Length in bytes of a chunk of n bars. */
export function barChunkBytes(n: number): number {
  return HEADER_BYTES + timeBytes(n) + COLUMNS.length * n * 8;
}

export function encodeBarChunk(bars: BarColumns): Uint8Array {
  const n = bars.time.length;
  for (const name of COLUMNS) {
    if (bars[name].length !== n) throw new RangeError(`bar chunk: column ${name} has ${bars[name].length} values, time has ${n}`);
  }
  const bytes = new Uint8Array(barChunkBytes(n));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, n, true);
  for (let i = 0; i < n; i += 1) view.setInt32(HEADER_BYTES + i * 4, bars.time[i] as number, true);
  let at = HEADER_BYTES + timeBytes(n);
  for (const name of COLUMNS) {
    for (let i = 0; i < n; i += 1, at += 8) view.setFloat64(at, bars[name][i] as number, true);
  }
  return bytes;
}

/** Reads a chunk; throws RangeError with the reason when the bytes are not one. */
export function decodeBarChunk(bytes: Uint8Array): BarColumns {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < HEADER_BYTES || view.getUint32(0, true) !== MAGIC) throw new RangeError('bar chunk: not a chunk (magic differs)');
  const n = view.getUint32(4, true);
  if (bytes.byteLength !== barChunkBytes(n))
    throw new RangeError(`bar chunk: ${bytes.byteLength} bytes, ${n} bars need ${barChunkBytes(n)}`);
  const time = new Int32Array(n);
  for (let i = 0; i < n; i += 1) time[i] = view.getInt32(HEADER_BYTES + i * 4, true);
  let at = HEADER_BYTES + timeBytes(n);
  const column = (): Float64Array => {
    const values = new Float64Array(n);
    for (let i = 0; i < n; i += 1, at += 8) values[i] = view.getFloat64(at, true);
    return values;
  };
  return { time, open: column(), high: column(), low: column(), close: column(), volume: column(), value: column() };
}

/** Cuts bytes that are chunks one after the other, as a download brings them; throws RangeError when they are not. */
export function splitBarChunks(bytes: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.byteLength; ) {
    if (at + HEADER_BYTES > bytes.byteLength) throw new RangeError('bar chunk: the download ends in a header');
    const end = at + barChunkBytes(view.getUint32(at + 4, true));
    if (end > bytes.byteLength) throw new RangeError('bar chunk: the download ends in a chunk');
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}
