import { expect, type Locator, type Page } from '@playwright/test';
import { columnsFromChunks } from '#domain/backtest/columns-from-chunks.ts';
import { splitBarChunks } from '#domain/market/bar-chunk.ts';
import type { InstrumentView } from '#lib/db/market.ts';
import { runBacktest } from '#lib/use-cases/run-backtest.ts';
import { expectAccessible, expectNoSideScroll, signIn, test } from '#scripts/test/browser.ts';
import { previewPeriod } from './preview-period.ts';

async function openEditor(page: Page, url: string) {
  await signIn(page, url, 'seoyeon');
  await page.goto(`${url}/strategies`);
  // The market may write its chunks anew at any time: what Node is given are the very bytes that the page got.
  const download = page.waitForResponse(/form=chunks/);
  await page.getByRole('button', { name: '이 전략으로 시작' }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: '골든크로스' })).toBeVisible();
  const preview = page.getByRole('region', { name: '미리보기' });
  return {
    preview,
    fingerprint: preview.locator('code'),
    fast: page.getByLabel('단기 이동평균(일)', { exact: true }),
    bars: new Uint8Array(await (await download).body()),
  };
}

/** The document as it is stored, read from its JSON view. */
async function documentOf(page: Page): Promise<unknown> {
  await page.getByRole('tab', { name: 'JSON' }).click();
  const text = await page.getByLabel('전략 문서 (JSON)').inputValue();
  await page.getByRole('tab', { name: '설정' }).click();
  return JSON.parse(text);
}

/** Runs on the same bytes here in Node. */
async function engineInNode(page: Page, url: string, bars: Uint8Array, preview: Locator) {
  const [code] = /99\d{4}/.exec((await preview.textContent())!)!;
  const listed = (await (await page.request.get(`${url}/api/market/instruments`)).json()) as { instruments: InstrumentView[] };
  const { market, kind, nameKo: name } = listed.instruments.find(({ symbol }) => symbol === code)!;
  const columns = columnsFromChunks(splitBarChunks(bars), { code, market, kind, name }, '1d');
  const document = await documentOf(page);
  return async (params: Record<string, number>): Promise<string> => {
    const outcome = await runBacktest({ document, params, columns, ...previewPeriod(Date.now()) });
    if (!outcome.ok) throw new Error(outcome.faults.map((fault) => fault.en).join(' '));
    expect(outcome.result.trades.length).toBeGreaterThan(0);
    return outcome.result.hash;
  };
}

test('the preview follows what is typed with exactly the result that Node has, and stops at a fault', async ({ page, url }) => {
  const { preview, fingerprint, fast, bars } = await openEditor(page, url);
  await expect(fingerprint).toBeVisible();
  const hashInNode = await engineInNode(page, url, bars, preview);
  const hash = await hashInNode({});
  await expect(fingerprint).toHaveAttribute('title', hash);
  const total = preview.locator('dd').first();
  const before = await total.textContent();

  await fast.fill('10');
  const changed = await hashInNode({ fast: 10 });
  await expect(fingerprint).toHaveAttribute('title', changed);
  await expect(total).not.toHaveText(before!);
  await expect(preview.getByRole('status')).toContainText('총수익률');

  await fast.fill('0');
  await expect(preview.getByText('고칠 점이 있어 미리보기를 멈췄습니다')).toBeVisible();
  await expect(fingerprint).toHaveCount(0);
  await fast.fill('20');
  await expect(fingerprint).toHaveAttribute('title', hash);
  await expectAccessible(page);

  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('link', { name: '미리보기' }).click();
  await expect(preview).toBeInViewport();
  await expectNoSideScroll(page);
  await expectAccessible(page);
});

test('another symbol is chosen by key; one without prices and a failure say what to do', async ({ page, url }) => {
  const { preview, fingerprint } = await openEditor(page, url);
  await expect(fingerprint).toBeVisible();
  const first = await fingerprint.getAttribute('title');
  const picker = preview.getByRole('combobox', { name: '다른 종목으로 보기' });
  const choose = async (code: string) => {
    await picker.fill(code);
    await picker.press('Enter');
  };
  await choose('990050');
  await expect(preview.getByText('990050')).toBeVisible();
  await expect(fingerprint).not.toHaveAttribute('title', first!);

  await page.route(/api\/market\/bars\?symbol=990060/, (route) => route.fulfill({ status: 200, body: '' }));
  await choose('990060');
  await expect(preview.getByText('이 종목의 시세가 없습니다')).toBeVisible();

  await page.route(/api\/market\/bars\?symbol=990070/, (route) => route.fulfill({ status: 429 }));
  await choose('990070');
  await expect(preview.getByRole('alert')).toContainText('시세를 읽지 못했습니다');
  await page.unroute(/api\/market\/bars\?symbol=990070/);
  await preview.getByRole('button', { name: '다시 시도' }).click();
  await expect(fingerprint).toBeVisible();
  await expectAccessible(page);
});
