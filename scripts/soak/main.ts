import { parseArgs } from 'node:util';
import { runSoak } from './run.ts';

const USAGE = `usage: npm run soak -- [--hours 24] [--factor 20] [--verbose]

Runs venue, trading, market and scheduler for simulated hours and prints one JSON line: memory and handles an hour, and whether
anything grew (resident memory by more than 5 % from hour 4 on), stayed open or traded on a holiday. The fleet's clocks run factor
times as fast as the machine's: a busy machine wants a small one. Fewer than ten hours cannot prove that nothing grows.
`;

const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '24' },
    factor: { type: 'string', default: '20' },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const hours = Number(values.hours);
const factor = Number(values.factor);
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
if (!Number.isSafeInteger(hours) || hours < 1 || !(factor >= 1)) {
  process.stderr.write(USAGE);
  process.exit(2);
}
const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort(new Error(`ended by ${name}`)));
const outcome = await runSoak({
  hours,
  factor,
  logLevel: values.verbose ? 'info' : 'error',
  signal: stopping.signal,
  progress: (line) => void process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(outcome)}\n`);
process.exit(outcome.isPassed ? 0 : 1);
