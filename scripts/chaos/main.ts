import { parseArgs } from 'node:util';
import { runChaos } from './run.ts';
import { MUTANTS, type Mutant } from './trading/replace-modules.ts';

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '7' },
    accounts: { type: 'string' },
    mutant: { type: 'string' },
    factor: { type: 'string', default: '5' },
    verbose: { type: 'boolean', default: false },
  },
});
const orders = Number(values.orders);
const mutant = (values.mutant ?? null) as Mutant | null;
if (mutant !== null && !MUTANTS.includes(mutant)) throw new Error(`--mutant is one of ${MUTANTS.join(', ')}`);
const result = await runChaos({
  orders,
  seed: Number(values.seed),
  accounts: Number(values.accounts ?? 60),
  mutant,
  factor: Number(values.factor),
  logLevel: values.verbose ? 'info' : 'silent',
  progress: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exitCode = result.ok === true ? 0 : 1;
