import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { masterLine, zipped } from '#nas/brokers/kis/testing/master-files.ts';
import { startWire } from '#nas/brokers/kis/testing/wire-server.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query('delete from public.instruments');
});
afterAll(() => database?.drop());

/** Runs beside the test's own server, so it must not hold this process up. */
function cli(...words: string[]): Promise<{ status: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...words], { env: { PATH: process.env.PATH, NODE_ENV: 'test' } });
    const said = { out: '', err: '' };
    child.stdout.on('data', (text) => (said.out += text));
    child.stderr.on('data', (text) => (said.err += text));
    child.on('close', (status) => resolve({ status, ...said }));
  });
}
const kospi = (code: string, name: string, over: Record<string, string> = {}) =>
  masterLine('KOSPI', code, name, { 그룹코드: 'ST', 기준가: '10000', 시장경고: '00', 상장주수: '1000', ...over });
const kosdaq = (code: string, name: string) =>
  masterLine('KOSDAQ', code, name, { 증권그룹구분코드: 'ST', '주식 기준가': '5000', '시장 경고 구분 코드': '00', '상장 주수(천)': '200' });

test('issues are added with their limits, followed when they change, and delisted when they are gone', async () => {
  const eleven = Array.from({ length: 11 }, (_, n) => kospi(String(100_000 + n), `회사${n}`));
  let lines = eleven;
  const wire = await startWire(({ path }) => {
    const text = (all: Buffer[]) => Buffer.concat(all.flatMap((line) => [line, Buffer.from('\n')]));
    return path.includes('kospi')
      ? { body: zipped('kospi_code.mst', text(lines)) }
      : { body: zipped('kosdaq_code.mst', text([kosdaq('247540', '에코')])) };
  });
  const run = () => cli('data', 'instruments', '--from', `${wire.url}/`, '--database', database.url());
  const row = async (code: string) =>
    (
      await database.pool.query(
        `select name_ko, market, kind, base_price::int, upper_limit::int, lower_limit::int, listed_shares::int, status_code, is_listed,
           price_day < (now() at time zone 'Asia/Seoul')::date as is_provisional from public.instruments where stock_code = $1`,
        [code],
      )
    ).rows[0];

  expect(await run()).toMatchObject({
    status: 0,
    out: 'KOSPI: 11 issues, 11 new, 0 changed, 0 delisted\nKOSDAQ: 1 issues, 1 new, 0 changed, 0 delisted\n',
  });
  expect(await row('100000')).toEqual({
    name_ko: '회사0',
    market: 'KOSPI',
    kind: 'stock',
    base_price: 10_000,
    upper_limit: 13_000,
    lower_limit: 7_000,
    listed_shares: 1_000_000,
    status_code: '',
    is_listed: true,
    is_provisional: true,
  });
  lines = [kospi('100000', '새이름', { 기준가: '99999' }), ...eleven.slice(1, 10)];
  expect((await run()).out).toContain('KOSPI: 10 issues, 0 new, 1 changed, 1 delisted');
  expect(await row('100000')).toMatchObject({ name_ko: '새이름', base_price: 10_000 }); // prices are the broker's
  expect(await row('100010')).toMatchObject({ is_listed: false });
  lines = eleven.slice(0, 2);
  expect((await run()).out).toContain('8 listed issues are not in the file');
  expect(await row('100005')).toMatchObject({ is_listed: true });
  lines = [Buffer.from('garbage')];
  expect(await run()).toMatchObject({ status: 2, err: expect.stringContaining('line 1 of the KOSPI master file') });
  await wire.close();
  expect(await run()).toMatchObject({ status: 2, err: expect.stringContaining('could not be read') });
});
