import { AppError } from '#lib/errors.ts';
import { importData } from '#nas/backtest/import-data.ts';
import type { Finding } from '#nas/backtest/quality.ts';
import { verifyData } from '#nas/backtest/verify-data.ts';
import { type Command, say } from './command.ts';

function printFindings(findings: readonly Finding[]): void {
  for (const { severity, code, count, ko, en, samples } of findings) {
    say(`${severity === 'fatal' ? 'FATAL' : 'minor'}  ${code}: ${count}  ${en} / ${ko}`);
    if (severity === 'fatal') for (const row of samples) say(`         ${JSON.stringify(row)}`);
  }
}

export const dataImport: Command = {
  name: 'data import',
  usage: '<file.parquet|csv> --out <folder> [--adjusted|--raw] [--json]',
  summary: 'Checks a file of daily or minute bars (tidy OHLCV or marcap columns) and stores it for back-tests.',
  options: { out: { type: 'string' }, adjusted: { type: 'boolean' }, raw: { type: 'boolean' }, json: { type: 'boolean' } },
  async run([file], { out, adjusted, raw, json }) {
    if (!file || typeof out !== 'string') throw new AppError('invalid_input', 'give a file and --out <folder>');
    if (adjusted && raw) throw new AppError('invalid_input', 'prices are either --adjusted or --raw, not both');
    const outcome = await importData({ file, out, ...(adjusted || raw ? { isAdjusted: Boolean(adjusted) } : {}) });
    if (json) say(JSON.stringify(outcome));
    else {
      printFindings(outcome.findings);
      if (outcome.ok) {
        const { rows, symbols, from, to, isAdjusted, dataHash } = outcome.manifest;
        say(`imported ${rows} bars of ${symbols} symbols, ${from} to ${to}, ${isAdjusted ? 'adjusted' : 'raw'} prices, hash ${dataHash}`);
      } else say('refused: mend the fatal faults above and import again; nothing was changed');
    }
    return outcome.ok ? 0 : 1;
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
          ? `ok: ${report.rows} bars, hash ${report.dataHash}`
          : `DAMAGED: ${report.differences.join('; ')}. Import the data again.`,
      );
    return report.ok ? 0 : 1;
  },
};
