import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Report } from './report.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Runs the command as `npm run chaos` does and reads its one line. */
function chaos(...args: readonly string[]): Promise<{ code: number; report: Report; stderr: string }> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [MAIN, ...args], { maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      const [line] = stdout.trim().split('\n').slice(-1);
      if (!line) return reject(new Error(`no report: ${stderr.slice(-2_000)}`));
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, report: JSON.parse(line) as Report, stderr });
    });
  });
}

test('200 orders through kills, crashes, halts and every fault of the venue: each arrives at most once and ends as the venue has it', async ({
  annotate,
}) => {
  const { code, report, stderr } = await chaos('--orders', '200', '--accounts', '20', '--seed', '7');
  await annotate(JSON.stringify(report));
  expect(report.failed, stderr.slice(-2_000)).toEqual([]);
  expect({ code, ok: report.ok }).toEqual({ code: 0, ok: true });
  expect(report.kills).toBeGreaterThanOrEqual(6);
}, 300_000);

test('a sender that resends on a timeout is caught by its duplicates', async () => {
  const { code, report } = await chaos('--orders', '150', '--accounts', '15', '--mutant', 'resend-on-timeout');
  expect(code).toBe(1);
  expect(report.duplicates).toBeGreaterThan(0);
}, 300_000);
