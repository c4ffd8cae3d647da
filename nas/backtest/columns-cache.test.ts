import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { columnsCache, DoesNotFit } from './columns-cache.ts';
import { columnsSize, loadColumns } from './load-columns.ts';
import { importSyntheticMarket } from './testing/fleet-rig.ts';

let volume: string;
let dir: string;
beforeAll(async () => {
  volume = await mkdtemp(join(tmpdir(), 'narae-cache-'));
  await importSyntheticMarket(volume, 'year', { from: '2022-01-03', to: '2022-12-29' });
  dir = join(volume, 'year');
});
afterAll(() => rm(volume, { recursive: true, force: true }));

const month = (number: string) => ({ from: `2022-${number}-01`, to: `2022-${number}-28` });

test.each([
  { from: '2022-01-03', to: '2022-12-29' },
  { from: '2022-04-01', to: '2022-06-30', historyBars: 20 },
  { from: '2022-04-01', to: '2022-06-30', markets: ['KOSDAQ'] },
])('the size told from the manifest is that of the bars within a twentieth: %o', async (input) => {
  const columns = await loadColumns(dir, input);
  const arrays = [columns.open, columns.high, columns.low, columns.close, columns.volume, columns.value!, columns.time];
  const real = arrays.reduce((sum, array) => sum + array.byteLength, 0) + columns.time.length * 8; // and the times they were read with
  expect((await columnsSize(dir, input)).bytes / real).toBeGreaterThan(0.95);
  expect((await columnsSize(dir, input)).bytes / real).toBeLessThan(1.05);
});

test('bars are read once a request, and those used longest ago make room for others', async () => {
  const mb = (await columnsSize(dir, month('03'))).bytes / 2 ** 20;
  const cache = columnsCache(mb * 2.5); // room for two months
  const [march, april] = [await cache.get(dir, month('03')), await cache.get(dir, month('04'))];
  expect(await cache.get(dir, month('03'))).toBe(march);
  await cache.get(dir, month('05'));
  expect(await cache.get(dir, month('03'))).toBe(march);
  expect(await cache.get(dir, month('04'))).not.toBe(april);
});

test('bars that are more than the bound are refused with what they need', async () => {
  await expect(columnsCache(0.01).get(dir, month('03'))).rejects.toThrow(DoesNotFit);
});
