import { join } from 'node:path';
import { literal, numberOf, withDuck } from './duck.ts';
import { hashBars } from './hash-bars.ts';
import { readManifest, readSymbols } from './manifest.ts';

export interface VerifyReport {
  readonly ok: boolean;
  readonly rows: number;
  readonly dataHash: string;
  readonly differences: readonly string[];
}

/** Reads every stored bar again and compares with what the manifest promises. */
export async function verifyData(dir: string): Promise<VerifyReport> {
  const manifest = await readManifest(dir);
  const symbols = await readSymbols(dir, manifest);
  const files = manifest.years.map((year) => literal(join(dir, manifest.version, `year=${year}.parquet`))).join(', ');
  return withDuck(async (db) => {
    const differences: string[] = [];
    try {
      await db.run(`create view bars as select * from read_parquet([${files}])`);
      const rows = await numberOf(db, 'select count(*) from bars');
      const dataHash = await hashBars(db, 'bars', manifest.columns, manifest.isAdjusted, symbols);
      if (rows !== manifest.rows) differences.push(`${rows} bars instead of ${manifest.rows}`);
      if (symbols.length !== manifest.symbols) differences.push(`${symbols.length} symbols instead of ${manifest.symbols}`);
      if (dataHash !== manifest.dataHash) differences.push('the bars or the symbols have another hash');
      return { ok: differences.length === 0, rows, dataHash, differences };
    } catch (error) {
      return { ok: false, rows: 0, dataHash: '', differences: [`a file cannot be read (${(error as Error).message.split('\n')[0]})`] };
    }
  });
}
