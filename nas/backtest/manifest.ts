import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { instrumentKind, market } from '#domain/market/instrument.ts';
import { AppError } from '#lib/errors.ts';

/** `manifest.json` of a data folder. It names the version folder in use; replacing this one file switches versions atomically. */
export const manifest = z.strictObject({
  schema: z.literal('narae.bars/2'),
  /** Folder under the data folder that holds the bars and `symbols.json`. */
  version: z.string().regex(/^v-[0-9a-f]{16}$/),
  /** SHA-256 over the symbols and every bar in order of code and time: the same data gives the same hash whatever files held it. */
  dataHash: z.string().regex(/^[0-9a-f]{64}$/),
  isAdjusted: z.boolean(),
  isIntraday: z.boolean(),
  rows: z.int(),
  symbols: z.int(),
  sessions: z.int(),
  from: z.string(),
  to: z.string(),
  /** Symbols whose last bar is before this day have left the market. */
  endedBefore: z.string(),
  columns: z.array(z.string()),
  years: z.array(z.int()),
  source: z.string(),
  findings: z.array(z.looseObject({ code: z.string(), count: z.int() })),
});
export type Manifest = z.infer<typeof manifest>;

export const storedSymbol = z.strictObject({
  code: z.string(),
  name: z.string(),
  market,
  kind: instrumentKind,
  first: z.string(),
  last: z.string(),
  rows: z.int(),
  /** Every market with its first day, when the symbol changed it (이전상장); empty when it has been on `market` all along. */
  markets: z.array(z.strictObject({ since: z.string(), market })),
  /** What the listings say; null when none was given or none names it. `delisted` is null while it is listed. */
  listing: z.strictObject({ listed: z.string().nullable(), delisted: z.string().nullable() }).nullable(),
});
export type StoredSymbol = z.infer<typeof storedSymbol>;

/** Reads a data folder's manifest; a missing or foreign folder is a clear refusal. */
export async function readManifest(dir: string): Promise<Manifest> {
  const text = await readFile(join(dir, 'manifest.json'), 'utf8').catch((cause) => {
    throw new AppError('not_found', `no imported data in ${dir}: run "data import" first`, { cause, detail: { dir } });
  });
  const parsed = manifest.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw new AppError('invalid_input', `manifest.json in ${dir} is damaged or of an older version: import the data again`, {
      detail: { dir, issues: parsed.error.issues },
    });
  return parsed.data;
}

export async function readSymbols(dir: string, { version }: Manifest): Promise<StoredSymbol[]> {
  return z.array(storedSymbol).parse(JSON.parse(await readFile(join(dir, version, 'symbols.json'), 'utf8')));
}

/** The dataHash of an imported folder: what a run stores to say which bars it saw. */
export async function dataHash(dir: string): Promise<string> {
  return (await readManifest(dir)).dataHash;
}
