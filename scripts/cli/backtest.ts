import { writeFile } from 'node:fs/promises';
import type { BacktestResult } from '#domain/backtest/result.ts';
import { canonicalJson } from '#domain/canonical-json.ts';
import { AppError } from '#lib/errors.ts';
import { runStored } from '#nas/backtest/run-stored.ts';
import { type Command, say } from './command.ts';
import { readRunOptions, refuse } from './run-options.ts';

export const backtest: Command = {
  name: 'backtest',
  usage:
    '--strategy <file.json> --data <folder> --from <day> --to <day> [--capital <won>] [--param name=value,…] [--seed <n>] [--json <file>]',
  summary: 'Runs a strategy on imported bars and prints its figures; --json writes the whole result, the same bytes for the same inputs.',
  options: {
    strategy: { type: 'string' },
    data: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    capital: { type: 'string' },
    param: { type: 'string' },
    seed: { type: 'string' },
    json: { type: 'string' },
  },
  async run(_positionals, values) {
    const { param, seed, json } = values;
    const { data, ...run } = await readRunOptions(values);
    const params = parseParams(param);

    const begun = performance.now();
    const outcome = await runStored(data, { ...run, params, seed: seed === undefined ? 1 : Number(seed) });
    if (!outcome.ok) return refuse(outcome.faults);
    if (typeof json === 'string') await writeFile(json, `${canonicalJson(outcome.result)}\n`);
    printSummary(outcome.result);
    const peak = process.resourceUsage().maxRSS / 1024;
    say(`load and run ${((performance.now() - begun) / 1000).toFixed(2)} s, peak memory ${Math.round(peak)} MB`);
    return 0;
  },
};

function parseParams(text: unknown): Record<string, number> {
  if (typeof text !== 'string') return {};
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [name, value] = pair.split('=');
      if (!name || !value || Number.isNaN(Number(value)))
        throw new AppError('invalid_input', `--param takes name=value pairs, not '${pair}'`);
      return [name, Number(value)];
    }),
  );
}

function printSummary({ inputs, metrics, trades, lookAhead, diagnosis, hash }: BacktestResult): void {
  say(`${inputs.strategyName}  ${inputs.from} … ${inputs.to}  ${inputs.symbols} symbols, ${inputs.bars} bars`);
  for (const [name, metric] of Object.entries(metrics)) {
    say(
      `  ${name.padEnd(20)} ${metric.value === null ? `${metric.state} (${metric.sample} of ${metric.needed})` : Number(metric.value.toPrecision(6))}`,
    );
  }
  say(`  trades listed        ${trades.length}`);
  say(`  look-ahead           ${lookAhead.verdict} (${lookAhead.checked} cuts)`);
  for (const { severity, en } of diagnosis) say(`  ${severity}: ${en}`);
  say(`hash ${hash}`);
}
