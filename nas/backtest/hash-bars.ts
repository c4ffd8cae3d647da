import { createHash } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import { canonicalJson } from '#domain/canonical-json.ts';
import type { StoredSymbol } from './manifest.ts';

/**
 * SHA-256 over the symbols and their bars in order of code and time: each column's name, then per row the code, minutes since 1970 (Seoul clock) and
 * every value as a little-endian double (NaN for none). It depends on the bars alone, not on files, row groups or their order.
 */
export async function hashBars(
  db: DuckDBConnection,
  table: string,
  columns: readonly string[],
  isAdjusted: boolean,
  symbols: readonly StoredSymbol[],
): Promise<string> {
  const hash = createHash('sha256').update(`narae.bars/2 ${isAdjusted ? 'adjusted' : 'raw'} ${columns.join(',')}\n`);
  hash.update(canonicalJson(symbols));
  const list = columns.map((name) => `cast(coalesce(${name}, 'nan'::double) as double)`).join(', ');
  const result = await db.stream(`select code, cast(epoch(t) / 60 as double), ${list} from ${table} order by code, t`);
  let current = '';
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const codes = chunk.getColumnVector(0);
    const vectors = Array.from({ length: columns.length + 1 }, (_, i) => chunk.getColumnVector(i + 1));
    const bytes = new DataView(new ArrayBuffer(chunk.rowCount * vectors.length * 8));
    let from = 0;
    for (let row = 0; row < chunk.rowCount; row += 1) {
      const code = codes.getItem(row) as string;
      if (code !== current) {
        hash.update(new Uint8Array(bytes.buffer, from, row * vectors.length * 8 - from)).update(`${code}\n`);
        from = row * vectors.length * 8;
        current = code;
      }
      vectors.forEach((vector, i) => {
        bytes.setFloat64((row * vectors.length + i) * 8, vector.getItem(row) as number, true);
      });
    }
    hash.update(new Uint8Array(bytes.buffer, from));
  }
  return hash.digest('hex');
}
