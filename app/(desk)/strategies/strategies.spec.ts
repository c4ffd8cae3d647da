import { expect } from '@playwright/test';
import { expectAccessible, expectNoSideScroll, signIn, test } from '#scripts/test/browser.ts';

test('a template becomes a strategy, is changed, back-tested on the demo data and opens as a report with trades', async ({ page, url }) => {
  test.setTimeout(240_000);
  await signIn(page, url, 'minjun');
  await page.goto(`${url}/strategies`);
  await expectAccessible(page);
  await page.getByRole('button', { name: '이 전략으로 시작' }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: '골든크로스' })).toBeVisible();
  await expect(page.getByText('20일 단순이동평균이 60일 단순이동평균을 위로 뚫으면 삽니다.')).toBeVisible();
  await expectAccessible(page);

  // A value of the form is at once in the sentences, and saving makes version 2.
  await page.getByLabel('단기 이동평균(일)', { exact: true }).fill('10');
  await expect(page.getByText('10일 단순이동평균이 60일 단순이동평균을 위로 뚫으면 삽니다.')).toBeVisible();
  await page.getByRole('button', { name: '저장', exact: true }).click();
  await expect(page.getByText('지금 버전은 v2입니다')).toBeVisible();
  await expect(page.getByRole('tab', { name: '버전 2' })).toBeVisible();

  await page.getByRole('button', { name: '백테스트', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('데이터')).toContainText('demo');
  await dialog.getByRole('button', { name: '최근 5년' }).click();
  await dialog.getByRole('button', { name: '백테스트 시작' }).click();
  await expect(page).toHaveURL(/\/backtests\/[0-9a-f-]{36}$/);

  await expect(page.getByRole('heading', { name: '정확한 입력' })).toBeVisible({ timeout: 120_000 });
  const trades = page.getByRole('table', { name: '거래 표' });
  const first = trades.getByRole('row').nth(1);
  await expect(first).toBeVisible();
  // A trade of the table is the one on the chart.
  const name = await first.getByRole('cell').first().textContent();
  await first.click();
  await expect(page.getByRole('heading', { name: `${name} 매매` })).toBeVisible();
  await expect(first).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByText('미래 데이터를 보지 않았습니다')).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  await expect(first).toBeVisible();
  await expectNoSideScroll(page);

  await page.goto(`${url}/backtests`);
  await expect(page.getByRole('row', { name: /골든크로스.*완료/ }).first()).toBeVisible();
  await expectAccessible(page);
  await expectNoSideScroll(page);
});

test('a document with several faults names every one with its place and cannot be saved or run', async ({ page, url }) => {
  await signIn(page, url, 'minjun');
  await page.goto(`${url}/strategies`);
  await page.getByRole('button', { name: '이 전략으로 시작' }).nth(1).click();
  await page.getByRole('tab', { name: 'JSON' }).click();
  const editor = page.getByLabel('전략 문서 (JSON)');
  const text = await editor.inputValue();
  await editor.fill(text.replace('"crosses_above"', '"jumps"').replace('"maxPositions": 10', '"maxPositions": 0'));
  const faults = page.getByRole('alert', { name: '고칠 점 2개' });
  await expect(faults).toContainText('entry.all[0].op');
  await expect(faults).toContainText('sizing.maxPositions');
  await expect(page.getByRole('button', { name: '저장', exact: true })).toBeDisabled();
  await expect(page.getByRole('button', { name: '백테스트', exact: true })).toBeDisabled();
  await editor.fill('{ "schema": ');
  await expect(page.getByRole('alert', { name: '고칠 점 1개' })).toContainText('JSON으로 읽을 수 없습니다');
  await editor.fill(text);
  await expect(page.getByRole('button', { name: '백테스트', exact: true })).toBeEnabled();
});

test('a strategy file of KIS becomes a strategy, says what it left out, and can be handed out again', async ({ page, url }) => {
  await signIn(page, url, 'minjun');
  await page.goto(`${url}/strategies`);
  await page.getByRole('button', { name: 'KIS 전략 가져오기' }).click();
  const dialog = page.getByRole('dialog');
  const upload = (text: string) =>
    dialog.getByLabel('전략 파일').setInputFiles({ name: 'mine.kis.yaml', mimeType: 'application/yaml', buffer: Buffer.from(text) });
  await upload('strategy: [');
  await expect(dialog.getByRole('alert')).toContainText('YAML로 읽을 수 없습니다');
  await expect(dialog.getByRole('button', { name: '내 전략으로 만들기' })).toBeDisabled();
  await upload(`version: "1.0"
metadata: { name: "이격 매수" }
strategy:
  params: { days: { default: 20, min: 5, max: 60, type: int } }
  indicators:
    - { id: sma, alias: average, params: { period: $days } }
  candlesticks: [{ id: doji }]
  entry:
    conditions:
      - { indicator: close, operator: less_than, compare_to: average, compare_scalar: 0.9, compare_operation: mul }
      - { candlestick: doji_1 }
  exit: { conditions: [{ indicator: close, operator: greater_than, compare_to: average }] }
risk: { stop_loss: { enabled: true, percent: 7 } }
`);
  await expect(dialog).toContainText('‘이격 매수’을(를) 읽었습니다.');
  await expect(dialog).toContainText('캔들 패턴은 나래에 없습니다.');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: '내 전략으로 만들기' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '이격 매수' })).toBeVisible();

  await page.getByRole('tab', { name: 'JSON' }).click();
  await expect(page.getByLabel('전략 문서 (JSON)')).toHaveValue(/"param": "days"/);
  await page.getByRole('button', { name: 'KIS 파일로 내보내기' }).click();
  await expect(dialog).toContainText('자금 배분');
  await expectAccessible(page);
  const [file] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: '파일 받기' }).click()]);
  expect(file.suggestedFilename()).toBe('이격 매수.kis.yaml');
});
