import { writeFile } from 'node:fs/promises';
import { canonicalJson } from '#domain/canonical-json.ts';
import { objectiveText, paramsText } from '#domain/optimise/findings.ts';
import { type GridSpec, gridOf } from '#domain/optimise/grid.ts';
import { mergeCells } from '#domain/optimise/merge.ts';
import { MIN_TRADES, OBJECTIVES, type Objective, objectiveOf, rankedCells } from '#domain/optimise/objective.ts';
import { TRAIN_SHARE } from '#domain/optimise/split.ts';
import { compileStrategy } from '#domain/strategy/compile.ts';
import { AppError } from '#lib/errors.ts';
import { cellSteps, planCells, prepareCells } from '#lib/use-cases/run-cells.ts';
import { type SearchResult, searchResult } from '#lib/use-cases/search-result.ts';
import { loadColumns } from '#nas/backtest/load-columns.ts';
import { barsFor } from '#nas/backtest/run-stored.ts';
import { type Command, say } from './command.ts';
import { readRunOptions, refuse } from './run-options.ts';

const TOP = 10;
const MS_BETWEEN_LINES = 2_000;

export const optimise: Command = {
  name: 'optimise',
  usage:
    '--strategy <file.json> --data <folder> --from <day> --to <day> [--grid name=min:max:step,…] [--where "fast<slow",…] [--split <share>|none] [--objective <name>] [--capital <won>] [--json <file>]',
  summary: `Searches the whole grid of a strategy's parameters (those of the document, narrowed by --grid; name=value holds one still), chooses on the first ${TRAIN_SHARE * 100} % of the sessions unless --split says otherwise and tests on the rest. Prints the top ${TOP} with train and test beside each other, the plateau around the best and a caution; --json writes every cell and the heat maps, the same bytes for the same inputs. Objectives: ${OBJECTIVES.join(', ')}.`,
  options: {
    strategy: { type: 'string' },
    data: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    grid: { type: 'string' },
    where: { type: 'string' },
    split: { type: 'string' },
    objective: { type: 'string' },
    capital: { type: 'string' },
    json: { type: 'string' },
  },
  async run(_positionals, values) {
    const { data, ...run } = await readRunOptions(values);
    const aim = { objective: objectiveNamed(values.objective), minTrades: MIN_TRADES };
    const spec = { params: rangesOf(values.grid), where: constraintsOf(values.where) };
    const begun = performance.now();
    const compiled = compileStrategy(run.document);
    if (!compiled.ok) return refuse(compiled.faults);
    const { document } = compiled.program;
    const gridded = gridOf(document.params, spec);
    if (!gridded.ok) return refuse(gridded.faults);
    const { grid } = gridded;
    const planned = planCells(document, grid);
    if (!planned.ok) return refuse(planned.faults);
    const columns = await loadColumns(data, barsFor(document, planned.historyBars, run));
    const input = { ...run, document, columns, split: shareOf(values.split) };
    const prepared = prepareCells(input, grid);
    if (!prepared.ok) return refuse(prepared.faults);

    const all = Array.from({ length: grid.size }, (_, cell) => cell);
    const merged = mergeCells(grid, [driven(cellSteps(input, grid, all), grid.size)]);
    if (!merged.ok) return refuse(merged.faults);
    const result = searchResult(input, grid, prepared.run, merged.cells, aim);
    if (typeof values.json === 'string') await writeFile(values.json, `${canonicalJson(result)}\n`);
    printResult(result);
    const peak = process.resourceUsage().maxRSS / 1024;
    say(`load and search ${((performance.now() - begun) / 1000).toFixed(2)} s, peak memory ${Math.round(peak)} MB`);
    return 0;
  },
};

function objectiveNamed(text: unknown): Objective {
  const name = text ?? 'sharpe';
  const objective = OBJECTIVES.find((known) => known === name);
  if (!objective) throw new AppError('invalid_input', `--objective is one of ${OBJECTIVES.join(', ')}, not '${text}'`);
  return objective;
}

/** `fast=2:30:1,slow=5:100` → ranges; a step that is left out is the document's. */
function rangesOf(text: unknown): GridSpec['params'] {
  if (typeof text !== 'string') return {};
  return Object.fromEntries(
    text.split(',').map((entry) => {
      const [name, range = ''] = entry.split('=').map((part) => part.trim());
      const numbers = range.split(':').map((part) => (part === '' ? Number.NaN : Number(part)));
      const [min, max = min, step] = numbers;
      if (!name || numbers.length > 3 || !numbers.every(Number.isFinite) || (step !== undefined && step <= 0))
        throw new AppError('invalid_input', `--grid takes name=min:max:step or name=value, not '${entry}'`);
      return [name, { min, max, ...(step === undefined ? {} : { step }) }];
    }),
  );
}

/** `fast<slow,exit>=entry` → comparisons between two parameters. */
function constraintsOf(text: unknown): GridSpec['where'] {
  if (typeof text !== 'string') return [];
  return text.split(',').map((entry) => {
    const [, left, op, right] = /^\s*(\w+)\s*(<=|>=|!=|<|>)\s*(\w+)\s*$/.exec(entry) ?? [];
    if (!left || !op || !right) throw new AppError('invalid_input', `--where takes comparisons such as fast<slow, not '${entry}'`);
    return { left, op: op as '<', right };
  });
}

function shareOf(text: unknown): number | null {
  if (text === undefined) return TRAIN_SHARE;
  return text === 'none' ? null : Number(text);
}

/** Runs the search to its end and tells on stderr how far it is and how long it will still take. */
function driven<T>(steps: Generator<number, T>, size: number): T {
  const begun = performance.now();
  let told = begun;
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    const now = performance.now();
    if (now - told < MS_BETWEEN_LINES) continue;
    told = now;
    const seconds = Math.ceil(((now - begun) / 1000) * (1 / step.value - 1));
    process.stderr.write(`${Math.floor(step.value * size)} of ${size} combinations, about ${seconds} s left\n`);
  }
}

function printResult({ inputs, trials, cells, findings, hash }: SearchResult): void {
  const { train, test, aim } = inputs;
  say(`${inputs.strategyName}  ${inputs.symbols} symbols, ${inputs.bars} bars, ${trials} combinations by ${aim.objective}`);
  say(`train ${train.from} … ${train.to}  test ${test ? `${test.from} … ${test.to}` : 'none'}`);
  const header = [
    '#',
    'parameters',
    `${aim.objective} train`,
    'test',
    'return train',
    'test',
    'drawdown train',
    'test',
    'trades train',
    'test',
  ];
  const rows = rankedCells(cells, aim)
    .slice(0, TOP)
    .map((cell, i) => {
      const both = (text: (period: typeof cell.test) => string) => [text(cell.train), cell.test ? text(cell.test) : ''];
      return [
        String(i + 1),
        paramsText(cell.params),
        ...both((period) => objectiveText(objectiveOf(period, aim), aim.objective)),
        ...both((period) => objectiveText(period!.totalReturn.value, 'totalReturn')),
        ...both((period) => objectiveText(period!.maxDrawdown.value, 'maxDrawdown')),
        ...both((period) => String(period!.trades.value)),
      ];
    });
  for (const line of aligned([header, ...rows])) say(line);
  for (const { severity, en, ko } of findings) say(`${severity}: ${en} / ${ko}`);
  say(`hash ${hash}`);
}

/** Columns as wide as their widest entry, numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row.map((text, column) => (column === 1 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!))).join('  '),
  );
}
