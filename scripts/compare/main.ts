/**
 * `node scripts/compare/main.ts --data <imported folder> --engine <folder with backtesting.py's package> [--runs 30] [--seed 1] [--python python3]`
 *
 * Draws runs from adjusted daily bars, gives them to our engine and to backtesting.py (other_engine.py) and compares the round trips one by
 * one: days, prices, shares, won. Prints a line a run and the differences by kind; the exit code is 1 when one is unexplained.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Columns } from '#domain/backtest/columns.ts';
import { runBacktest } from '#lib/use-cases/run-backtest.ts';
import { loadColumns } from '#nas/backtest/load-columns.ts';
import { readManifest, readSymbols } from '#nas/backtest/manifest.ts';
import { type ComparedTrade, compareTrades } from './differences.ts';
import { type DrawnRun, drawRuns } from './draw.ts';

/** Whole won: little enough that most bars trade what a run wants. */
const CAPITAL = 10_000_000;

async function ourTrades({ document, params, start, end }: DrawnRun, columns: Columns) {
  const outcome = await runBacktest({ document, params, columns, from: columns.times[start]!, to: columns.times[end]!, capital: CAPITAL });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.faults));
  return outcome.result.trades;
}

/** The same question in the other engine's words: it sees the bars up to the last day that counts. */
function taskOf({ template, params, document, start, end }: DrawnRun, { times, open, high, low, close, volume }: Columns) {
  const { costs, sizing, stops } = document;
  return {
    template,
    params,
    start,
    sizing,
    stops,
    capital: CAPITAL,
    commissionRate: costs!.commissionRate,
    taxRate: typeof costs!.tax === 'object' ? costs!.tax.rate : 0,
    days: times.slice(0, end + 1),
    bars: Array.from({ length: end + 1 }, (_, i) => [open[i], high[i], low[i], close[i], volume[i]]),
  };
}

function theirTrades(python: string, engine: string, tasks: readonly unknown[]): readonly (readonly ComparedTrade[])[] {
  const script = join(import.meta.dirname, 'other_engine.py');
  const { status, stdout, stderr } = spawnSync(python, [script, engine], {
    input: JSON.stringify(tasks),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`the other engine failed: ${stderr}`);
  return JSON.parse(stdout);
}

const say = (text: string) => process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    engine: { type: 'string' },
    runs: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    python: { type: 'string', default: 'python3' },
  },
});
if (!values.data || !values.engine) throw new Error('give --data <imported folder> and --engine <folder with the package backtesting>');

const manifest = await readManifest(values.data);
const runs = drawRuns(await readSymbols(values.data, manifest), Number(values.runs), Number(values.seed));
const columns = await Promise.all(
  runs.map(({ code }) => loadColumns(values.data!, { from: manifest.from, to: manifest.to, symbols: [code] })),
);
const ours = await Promise.all(runs.map((run, n) => ourTrades(run, columns[n]!)));
const theirs = theirTrades(
  values.python,
  values.engine,
  runs.map((run, n) => taskOf(run, columns[n]!)),
);

const kinds = new Map<string, number>();
let [equal, compared] = [0, 0];
runs.forEach((run, n) => {
  const comparison = compareTrades(columns[n]!, ours[n]!, theirs[n]!, run.document.sizing.kind === 'percent_equity');
  equal += comparison.equal;
  compared += comparison.equal + comparison.differing.length;
  const { times } = columns[n]!;
  say(
    `${run.code} ${times[run.start]} … ${times[run.end]} ${run.template} ${JSON.stringify(run.params)}: ${comparison.equal} equal, ${comparison.differing.length} differing`,
  );
  for (const { why, ours: our, theirs: their } of comparison.differing) {
    kinds.set(why, (kinds.get(why) ?? 0) + 1);
    say(`    ${why}: ours ${JSON.stringify(our && short(our))}, theirs ${JSON.stringify(their)}`);
  }
});
say(`${runs.length} runs, ${compared} trades compared, ${equal} equal, ${compared - equal} differing`);
for (const [why, count] of kinds) say(`  ${count} × ${why}`);
process.exitCode = kinds.has('unexplained') ? 1 : 0;

function short({ entryDay, entryPrice, quantity, exitDay, exitPrice, pnl }: ComparedTrade): ComparedTrade {
  return { entryDay, entryPrice, quantity, exitDay, exitPrice, pnl };
}
