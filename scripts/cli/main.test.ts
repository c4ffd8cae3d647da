import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomSource } from '#domain/backtest/look-ahead.ts';

const main = new URL('./main.ts', import.meta.url).pathname;
const execute = promisify(execFile);
async function cli(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  return execute(process.execPath, [main, ...words]).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, out: error.stdout, err: error.stderr }),
  );
}

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'narae-cli-'));
  const random = randomSource(3);
  const lines = ['date,code,market,open,high,low,close,volume'];
  for (const code of ['000010', '000020', '000030']) {
    let close = 20_000;
    for (let i = 0; i < 400; i += 1) {
      const open = Math.round((close * (0.98 + random() * 0.04)) / 50) * 50;
      close = Math.round((open * (0.97 + random() * 0.06)) / 50) * 50;
      const day = new Date(Date.UTC(2018, 0, 1) + (Math.floor(i / 5) * 7 + (i % 5)) * 86_400_000).toISOString().slice(0, 10);
      lines.push(`${day},${code},KOSPI,${open},${Math.max(open, close)},${Math.min(open, close)},${close},500000`);
    }
  }
  await writeFile(join(dir, 'bars.csv'), lines.join('\n'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

test('import, template, back-test: the result has the same bytes twice', async () => {
  const imported = await cli('data', 'import', join(dir, 'bars.csv'), '--out', join(dir, 'data'), '--raw');
  expect(imported).toMatchObject({ code: 0, out: expect.stringContaining('imported 1200 bars of 3 symbols') });
  expect((await cli('data', 'verify', join(dir, 'data'))).out).toContain('ok: 1200 bars');
  const template = await cli('strategy', 'template', 'golden-cross');
  await writeFile(join(dir, 'golden-cross.json'), template.out);
  const files = [join(dir, 'one.json'), join(dir, 'two.json')];
  for (const file of files) {
    const run = await cli(
      'backtest',
      '--strategy',
      join(dir, 'golden-cross.json'),
      '--data',
      join(dir, 'data'),
      '--from',
      '2018-06-01',
      '--to',
      '2019-06-28',
      '--param',
      'fast=3,slow=10',
      '--json',
      file,
    );
    expect(run.code, run.err + run.out).toBe(0);
    expect(run.out).toMatch(/look-ahead +clean/);
  }
  const [one, two] = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  expect(one).toBe(two);
  expect(JSON.parse(one!).trades.length).toBeGreaterThan(5);
});

test('a file that is too dirty is refused with reasons in both languages and rows to look at', async () => {
  const rows = ['2018-01-02,000010,KOSPI,100,50,40,100,9', '2018-01-03,000010,KOSPI,100,100,100,100,9'];
  await writeFile(join(dir, 'dirty.csv'), ['date,code,market,open,high,low,close,volume', ...rows].join('\n'));
  const { code, out } = await cli('data', 'import', join(dir, 'dirty.csv'), '--out', join(dir, 'dirty'));
  expect(code).toBe(1);
  expect(out).toMatch(/FATAL {2}ohlc: 1 .*open or close lies outside low–high.*시가·종가가 저가–고가 밖인 행/);
  expect(out).toContain('"open":100,"high":50');
  expect(out).toMatch(/refused: .*nothing was changed\n거부함: /);
});

test.each([
  { words: [], code: 0, says: /usage: npm run cli/ },
  { words: ['fly'], code: 2, says: /usage: npm run cli/ },
  { words: ['backtest', '--help'], code: 0, says: /--strategy/ },
  { words: ['backtest'], code: 2, says: /--strategy is needed/ },
  { words: ['backtest', '--wings'], code: 2, says: /--wings/ },
  { words: ['data', 'import', 'ghost.parquet', '--out', 'x'], code: 2, says: /no file ghost.parquet/ },
  { words: ['data', 'import', main, '--out', 'x', '--calendar', 'ghost.csv'], code: 2, says: /no file ghost.csv/ },
  { words: ['data', 'import', main, '--out', 'x', '--minutes', 'sixty'], code: 2, says: /--minutes is the length of a bar/ },
  { words: ['data', 'stitch', 'nowhere'], code: 2, says: /the older and the newer data folder/ },
  { words: ['data', 'verify', 'nowhere'], code: 2, says: /data import/ },
  { words: ['strategy', 'template', 'ghost'], code: 2, says: /no template 'ghost'/ },
])('`$words` answers plainly', async ({ words, code, says }) => {
  const answer = await cli(...words);
  expect(answer.code).toBe(code);
  expect(answer.out + answer.err).toMatch(says);
});
