import { AppError } from '#lib/errors.ts';
import type { Finding } from '#nas/backtest/finding.ts';
import { type ImportOutcome, importData } from '#nas/backtest/import-data.ts';
import { stitchData } from '#nas/backtest/stitch-data.ts';
import { verifyData } from '#nas/backtest/verify-data.ts';
import { type Command, say } from './command.ts';

/** Rows shown of a harmless fault; of a fatal one every row at hand is shown. All are in `quality.json` beside the bars. */
const MINOR_SAMPLES = 2;

function printFindings(findings: readonly Finding[]): void {
  for (const { severity, code, count, ko, en, samples } of findings) {
    say(`${severity === 'fatal' ? 'FATAL' : 'minor'}  ${code}: ${count}  ${en} / ${ko}`);
    for (const row of severity === 'fatal' ? samples : samples.slice(0, MINOR_SAMPLES)) say(`         ${JSON.stringify(known(row))}`);
  }
}

/** A row without the columns that its file does not have. */
function known(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== ''));
}

/** Says what came of it; the process's exit code. */
function report(outcome: ImportOutcome, isJson: boolean): number {
  if (isJson) say(JSON.stringify(outcome));
  else {
    printFindings(outcome.findings);
    if (outcome.ok) {
      const { rows, symbols, from, to, isAdjusted, dataHash } = outcome.manifest;
      say(`imported ${rows} bars of ${symbols} symbols, ${from} to ${to}, ${isAdjusted ? 'adjusted' : 'raw'} prices, hash ${dataHash}`);
    } else {
      say('refused: mend the FATAL faults above and import again; nothing was changed');
      say('거부함: 위의 FATAL 항목을 고친 뒤 다시 가져오세요. 바뀐 것은 없습니다.');
    }
  }
  return outcome.ok ? 0 : 1;
}

export const dataImport: Command = {
  name: 'data import',
  usage:
    '<file.parquet|csv> --out <folder> [--adjusted|--raw] [--calendar <file>] [--factors <file>] [--listings <file,…>] [--minutes <n>] [--json]',
  summary:
    'Checks a file of daily or minute bars (tidy OHLCV or marcap columns) and stores it for back-tests. --calendar: date, is_session, open_kst. --factors (raw prices): code, ex_date, adj_factor. --listings: code, market, listing_date, delisting_date. --minutes: length of a bar where the file numbers them (seq).',
  options: {
    out: { type: 'string' },
    adjusted: { type: 'boolean' },
    raw: { type: 'boolean' },
    calendar: { type: 'string' },
    factors: { type: 'string' },
    listings: { type: 'string' },
    minutes: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run([file], { out, adjusted, raw, calendar, factors, listings, minutes, json }) {
    if (!file || typeof out !== 'string') throw new AppError('invalid_input', 'give a file and --out <folder>');
    if (adjusted && raw) throw new AppError('invalid_input', 'prices are either --adjusted or --raw, not both');
    if (minutes !== undefined && !/^[1-9]\d{0,2}$/.test(String(minutes)))
      throw new AppError('invalid_input', `--minutes is the length of a bar, 1 to 999, not '${minutes}'`);
    const outcome = await importData({
      file,
      out,
      ...(adjusted || raw ? { isAdjusted: Boolean(adjusted) } : {}),
      ...(typeof calendar === 'string' ? { calendar } : {}),
      ...(typeof factors === 'string' ? { factors } : {}),
      ...(typeof listings === 'string' ? { listings: listings.split(',') } : {}),
      ...(minutes === undefined ? {} : { barMinutes: Number(minutes) }),
    });
    return report(outcome, Boolean(json));
  },
};

export const dataStitch: Command = {
  name: 'data stitch',
  usage: '<older folder> <newer folder> --out <folder> [--json]',
  summary:
    'Joins two imported folders, symbol by symbol, where their returns agree over the days that both have; tells the days that differ.',
  options: { out: { type: 'string' }, json: { type: 'boolean' } },
  async run([older, newer], { out, json }) {
    if (!older || !newer || typeof out !== 'string')
      throw new AppError('invalid_input', 'give the older and the newer data folder, and --out <folder>');
    return report(await stitchData({ older, newer, out }), Boolean(json));
  },
};

export const dataVerify: Command = {
  name: 'data verify',
  usage: '<folder> [--json]',
  summary: 'Reads an imported folder again and compares counts and hash with its manifest.',
  options: { json: { type: 'boolean' } },
  async run([dir], { json }) {
    if (!dir) throw new AppError('invalid_input', 'give the data folder');
    const report = await verifyData(dir);
    if (json) say(JSON.stringify(report));
    else
      say(
        report.ok
          ? `ok: ${report.rows} bars of ${report.symbols} symbols, ${report.from} to ${report.to}, hash ${report.dataHash}`
          : `DAMAGED: ${report.differences.join('; ')}. Import the data again.`,
      );
    return report.ok ? 0 : 1;
  },
};
