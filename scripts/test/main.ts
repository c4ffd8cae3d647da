/**
 * `npm test`: every check of the project in the order that fails cheapest first, then one closing line `N passed, N failed`.
 * A static check counts as one. Nothing is skipped silently: a step that could not run counts as a failure and says why.
 * `npm test -- unit` (or any step's name) runs only that step; `pooled`, the fleet's integration tests behind pgbouncer, runs in no other way.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from './chromium.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'narae-test-'));
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);

interface Tally {
  passed: number;
  failed: number;
}
interface Step {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Runs only when asked for by its name. */
  readonly isExtra?: true;
  /** Reads the counts from the step's own report; without it the exit code is one check. */
  readonly tally?: (exitCode: number) => Tally;
}

const readJson = (file: string): Record<string, unknown> => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

/** A crashed runner writes no report or a report without failures: then the exit code is the failure. */
function fromReport(file: string, read: (report: Record<string, unknown>) => Tally): (exitCode: number) => Tally {
  return (exitCode) => {
    try {
      const tally = read(readJson(file));
      return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
    } catch {
      return { passed: 0, failed: 1 };
    }
  };
}
const vitestTally = (report: Record<string, unknown>): Tally => ({
  passed: Number(report.numPassedTests),
  failed: Number(report.numFailedTests) + Number(report.numFailedTestSuites === report.numTotalTestSuites ? 1 : 0),
});
const playwrightTally = (report: Record<string, unknown>): Tally => {
  const stats = report.stats as { expected: number; unexpected: number; flaky: number };
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky };
};

const chromium = findChromium();
const vitestReport = join(scratch, 'vitest.json');
const browserReport = join(scratch, 'playwright.json');
const STEPS: readonly Step[] = [
  { name: 'lockfile', command: [process.execPath, 'scripts/complete-lockfile.mjs', '--check'] },
  { name: 'types', command: [bin('tsc'), '--noEmit', '-p', '.'] },
  { name: 'lint', command: [bin('biome'), 'check', '--error-on-warnings', '.'] },
  { name: 'architecture', command: [process.execPath, 'scripts/checks/architecture.ts'] },
  { name: 'unused', command: [bin('knip')] },
  { name: 'db-types', command: [process.execPath, 'scripts/db-types.ts', '--check'] },
  {
    name: 'unit',
    command: [bin('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`],
    tally: fromReport(vitestReport, vitestTally),
  },
  {
    name: 'browser',
    command: [bin('playwright'), 'test', '--reporter=list,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: browserReport, CHROMIUM_PATH: chromium.path ?? '' },
    tally: fromReport(browserReport, playwrightTally),
  },
  {
    name: 'pooled', // needs Debian's pgbouncer
    command: [
      bin('vitest'),
      'run',
      '--config=vitest.pooled.config.ts',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${vitestReport}`,
    ],
    tally: fromReport(vitestReport, vitestTally),
    isExtra: true,
  },
];

async function run(step: Step): Promise<Tally> {
  process.stdout.write(`\n== ${step.name}\n`);
  const [file, ...args] = step.command;
  const child = spawn(file as string, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, LITE_TELEMETRY: '0', NEXT_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', ...step.env },
  });
  const exitCode = await new Promise<number>((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code ?? 1));
  });
  return step.tally ? step.tally(exitCode) : exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

const only = process.argv.slice(2);
const total: Tally = { passed: 0, failed: 0 };
process.stdout.write(`${chromium.sentence}\n`);
const lines: string[] = [];
for (const step of STEPS.filter((s) => (only.length === 0 ? !s.isExtra : only.includes(s.name)))) {
  const startedAt = performance.now();
  const tally = await run(step);
  total.passed += tally.passed;
  total.failed += tally.failed;
  lines.push(
    `${step.name.padEnd(14)} ${tally.passed} passed, ${tally.failed} failed (${Math.round((performance.now() - startedAt) / 1000)} s)`,
  );
}
rmSync(scratch, { recursive: true, force: true });
process.stdout.write(`\n${lines.map((line) => `  ${line}`).join('\n')}\n${total.passed} passed, ${total.failed} failed\n`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
