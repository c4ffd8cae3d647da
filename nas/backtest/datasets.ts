import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '#lib/log.ts';
import type { DatasetRow } from './backtest-store.ts';
import { readManifest } from './manifest.ts';

/** The data sets of a market data volume: each folder with a readable manifest. A damaged one is left out and logged. */
export async function listDatasets(marketDataDir: string, log: Log): Promise<DatasetRow[]> {
  const names = await readdir(marketDataDir, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []; // a new volume: nothing was imported yet
    throw error;
  });
  const rows: DatasetRow[] = [];
  for (const name of names
    .filter((entry) => entry.isDirectory() && /^[a-z0-9][a-z0-9-]{0,39}$/.test(entry.name))
    .map((entry) => entry.name)
    .sort()) {
    try {
      const m = await readManifest(join(marketDataDir, name));
      rows.push({
        name,
        from: m.from,
        to: m.to,
        symbols: m.symbols,
        bars: m.rows,
        isAdjusted: m.isAdjusted,
        isIntraday: m.isIntraday,
        dataHash: m.dataHash,
      });
    } catch (error) {
      log.warn({ err: error, dataset: name }, 'data set left out');
    }
  }
  return rows;
}
