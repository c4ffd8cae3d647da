import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bench, Figure } from '../main.ts';
import { oneSymbol } from './one-symbol.ts';

/** The event engine: one symbol a run, and the whole market in one run. */
export const bench: Bench = async (report) => {
  report(oneSymbol());
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'whole-market.ts')]);
  report(JSON.parse(stdout) as Figure);
};
