import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Report } from './report.ts';
import { runChaos } from './run.ts';
import { MUTANTS, type Mutant } from './trading/replace-modules.ts';

const USAGE = `usage: npm run chaos -- --orders N --seed S [--accounts A] [--factor F] [--mutant <${MUTANTS.join('|')}|all>] [--events FILE] [--verbose]\n`;

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '7' },
    accounts: { type: 'string', default: '' },
    factor: { type: 'string', default: '' },
    mutant: { type: 'string' },
    events: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
const orders = Number(values.orders);
const seed = Number(values.seed);
/** Sixty accounts that start at once need the machine for some seconds: the faster the world, the more of it they lose. */
const factor = Number(values.factor || (orders < 1_000 ? 5 : 4));
/** From 1,000 orders on the run has more than fifty accounts. */
const accounts = Number(values.accounts || Math.min(60, Math.max(6, Math.floor(orders / 16))));
const mutants = values.mutant === 'all' ? MUTANTS : MUTANTS.filter((name) => name === values.mutant);
const isSensible = [orders, seed, accounts].every(Number.isSafeInteger) && orders >= 150 && accounts >= 1 && factor >= 1;

if (!isSensible || (values.mutant !== undefined && mutants.length === 0)) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else if (values.mutant === 'all') {
  // Here a mutant that passes is the failure.
  for (const mutant of mutants) if ((await run(mutant)).ok) process.exitCode = 1;
} else {
  process.exitCode = (await run(mutants[0] ?? null)).ok ? 0 : 1;
}

async function run(mutant: Mutant | null): Promise<Report> {
  const logLevel = values.verbose ? 'info' : 'fatal'; // why a process ended by itself
  const progress = (line: string) => void process.stderr.write(`${mutant ?? 'chaos'} ${line}\n`);
  const onEvents = (lines: readonly string[]) => values.events !== undefined && writeFileSync(values.events, `${lines.join('\n')}\n`);
  const report = await runChaos({ orders, seed, accounts, factor, mutant, logLevel, progress, onEvents });
  process.stdout.write(`${JSON.stringify(report)}\n`);
  return report;
}
