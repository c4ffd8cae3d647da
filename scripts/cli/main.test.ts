import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomSource } from '#domain/backtest/look-ahead.ts';
import { optimisationHash } from '#domain/optimise/merge.ts';
import { goldenCross } from '#domain/strategy/templates/golden-cross.ts';
import { importData } from '#nas/backtest/import-data.ts';

const main = new URL('./main.ts', import.meta.url).pathname;
const execute = promisify(execFile);
async function cli(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  return execute(process.execPath, [main, ...words]).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, out: error.stdout, err: error.stderr }),
  );
}

/** A golden cross with more combinations than a search takes. */
const wide = {
  ...goldenCross.document,
  params: { ...goldenCross.document.params, slow: { ...goldenCross.document.params!.slow, step: 0.001 } },
};

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
  await importData({ file: join(dir, 'bars.csv'), out: join(dir, 'stored'), isAdjusted: false });
  await writeFile(join(dir, 'wide.json'), JSON.stringify(wide));
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

test('optimise: top cells with train and test, plateau and caution in both languages, the same bytes twice', async () => {
  const search = ['--grid', 'fast=3:6:1,slow=10:20:5', '--where', 'fast<slow', '--split', '0.6', '--objective', 'calmar'];
  const period = ['--data', join(dir, 'stored'), '--from', '2018-03-01', '--to', '2019-06-28'];
  const files = [join(dir, 'search-one.json'), join(dir, 'search-two.json')];
  for (const file of files) {
    const run = await cli('optimise', '--strategy', join(dir, 'wide.json'), ...period, ...search, '--json', file);
    expect(run.code, run.err + run.out).toBe(0);
    // 347 weekdays, six tenths of which are 208.
    expect(run.out).toMatch(/12 combinations by calmar\ntrain 2018-03-01 … 2018-12-17 {2}test 2018-12-18 … 2019-06-28\n/);
    expect(run.out).toMatch(/ 1 {2}fast=\d, slow=\d\d/);
    expect(run.out).toMatch(/The best \(fast=.* neighbours, .* \/ 가장 좋은 조합/);
    // 347 weekdays, six tenths of which are 208.
    expect(run.out).toMatch(/12 combinations were tried.*overfitting.* \/ 조합 12개를 시험했습니다.*과최적화/);
  }
  const [one, two] = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  expect(one).toBe(two);
  const { cells, hash, best, heatMaps } = JSON.parse(one!);
  expect(hash).toBe(optimisationHash(cells));
  expect(cells).toHaveLength(12);
  expect(best.train.trades.value).toBeGreaterThanOrEqual(10);
  expect(heatMaps).toMatchObject([{ x: { name: 'fast', values: [3, 4, 5, 6] }, y: { name: 'slow', values: [10, 15, 20] } }]);
});

test.each([
  { search: ['--grid', 'fast=3:6:1'], code: 1, says: /grid: There are \d+ combinations.* \/ 조합이/, why: 'more than can be searched' },
  { search: ['--grid', 'wings=1:2:1'], code: 1, says: /no parameter 'wings'/, why: 'a parameter that is not there' },
  { search: ['--grid', 'fast=3:900:1'], code: 1, says: /3–900 of 'fast' is outside/, why: 'values that the document does not allow' },
  {
    search: ['--grid', 'fast=3,slow=10', '--split', '1.5'],
    code: 1,
    says: /at least one session each/,
    why: 'a split that leaves no test',
  },
  { search: ['--grid', 'fast=3:six'], code: 2, says: /--grid takes name=min:max:step/, why: 'a range that is none' },
  { search: ['--where', 'fast is slow'], code: 2, says: /--where takes comparisons/, why: 'a comparison that is none' },
  { search: ['--objective', 'luck'], code: 2, says: /--objective is one of sharpe/, why: 'an unknown objective' },
])('optimise refuses $why', async ({ search, code, says }) => {
  const period = ['--data', join(dir, 'stored'), '--from', '2018-03-01', '--to', '2019-06-28'];
  const answer = await cli('optimise', '--strategy', join(dir, 'wide.json'), ...period, ...search);
  expect(answer.code).toBe(code);
  expect(answer.out + answer.err).toMatch(says);
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
  { words: ['optimise', '--help'], code: 0, says: /--objective/ },
  { words: ['optimise'], code: 2, says: /--strategy is needed/ },
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
