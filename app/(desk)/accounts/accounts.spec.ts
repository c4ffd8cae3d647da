import { randomBytes, randomInt } from 'node:crypto';
import { expect, type Page } from '@playwright/test';
import { expectAccessible, openVenueAccount, signIn, test, transferAtVenue } from '#scripts/test/browser.ts';

/** Keys of the shape the broker gives. */
const someKeys = () => ({
  appKey: `PS${randomBytes(17).toString('hex')}`,
  appSecret: randomBytes(120).toString('base64').slice(0, 160),
  accountNumber: String(randomInt(50_000_000, 59_999_999)),
  htsId: `h${randomBytes(4).toString('hex')}`,
});

async function register(page: Page, url: string, label: string, keys: ReturnType<typeof someKeys>): Promise<void> {
  await page.goto(`${url}/accounts`);
  await page.getByRole('button', { name: '계좌 등록' }).first().click();
  const dialog = page.getByRole('dialog');
  await expectAccessible(page);
  await dialog.getByLabel('계좌 이름').fill(label);
  await dialog.getByLabel('계좌번호').fill(keys.accountNumber);
  await dialog.getByLabel('App Key').fill(keys.appKey);
  await dialog.getByLabel('App Secret').fill(keys.appSecret);
  await dialog.getByLabel('HTS ID').fill(keys.htsId);
  await dialog.getByRole('button', { name: '저장하고 확인' }).click();
  await expect(dialog).toBeHidden();
}

test('an account added by hand is proved at the broker, shows its cash, and can be removed', async ({ page, url }) => {
  const keys = someKeys();
  await openVenueAccount(keys);
  await signIn(page, url, 'seoyeon');
  await register(page, url, '손으로 넣은 계좌', keys);
  const card = page.getByRole('listitem').filter({ hasText: '손으로 넣은 계좌' });
  await expect(card.getByRole('status')).toContainText('정상', { timeout: 60_000 });
  await expect(card).toContainText('30,000,000', { timeout: 60_000 });
  expect(await page.content()).not.toContain(keys.accountNumber);
  await card.getByRole('button', { name: '삭제' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '삭제' }).click();
  await expect(card).toHaveCount(0);
});

test('keys the broker does not know are told so, and nothing of them is shown', async ({ page, url }) => {
  const keys = someKeys();
  await signIn(page, url, 'seoyeon');
  await register(page, url, '틀린 키', keys);
  const card = page.getByRole('listitem').filter({ hasText: '틀린 키' });
  await expect(card.getByRole('status')).toContainText('키 오류', { timeout: 60_000 });
  expect(await page.content()).not.toContain(keys.appSecret);
  await card.getByRole('button', { name: '삭제' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '삭제' }).click();
  await expect(card).toHaveCount(0);
});

test('a paper account is opened with the cash its owner names, and wrong cash is told before anything is sent', async ({ page, url }) => {
  await signIn(page, url, 'seoyeon');
  await page.goto(`${url}/accounts`);
  await page.getByRole('button', { name: '가상 계좌 만들기' }).first().click();
  const dialog = page.getByRole('dialog');
  await expectAccessible(page);
  const send = dialog.getByRole('button', { name: '가상 계좌 만들기' });
  await dialog.getByLabel('시작 금액 (원)').fill('999,999');
  await send.click();
  await expect(dialog.getByRole('alert')).toHaveCount(2); // no name, too little
  await dialog.getByLabel('계좌 이름').fill('연습 계좌');
  await dialog.getByLabel('시작 금액 (원)').fill('25,000,000');
  await send.click();
  await expect(dialog).toBeHidden();
  const card = page.getByRole('listitem').filter({ hasText: '연습 계좌' });
  await expect(card.getByRole('status')).toContainText('정상', { timeout: 60_000 });
  await expect(card).toContainText('25,000,000', { timeout: 60_000 });
  await card.getByRole('button', { name: '삭제' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '삭제' }).click();
  await expect(card).toHaveCount(0);
});

test('shares that left by hand are confirmed by their owner, a deposit is given its name, and both are then done', async ({
  page,
  url,
}) => {
  test.setTimeout(900_000); // a difference counts after a minute and three looks, which a busy machine takes late
  const keys = someKeys();
  await openVenueAccount({ ...keys, holdings: [{ symbol: '990020', quantity: 10, averagePrice: 10_000 }] });
  await signIn(page, url, 'seoyeon');
  await register(page, url, '대조할 계좌', keys);
  const card = page.getByRole('listitem').filter({ hasText: '대조할 계좌' });
  const section = card.getByRole('region', { name: '증권사와 대조' });
  await expect(section).toContainText('일치', { timeout: 90_000 });
  await transferAtVenue(keys.accountNumber, { cash: 1_000_000, holdings: [{ symbol: '990020', quantity: -3 }] });

  await expect(section).toContainText('증권사 7주', { timeout: 300_000 });
  await section.getByRole('button', { name: '증권사가 맞음' }).click();
  const dialog = page.getByRole('dialog');
  await expectAccessible(page);
  await expect(dialog.getByRole('button', { name: '확인' })).toBeDisabled();
  await dialog.getByLabel('이유').fill('다른 증권사로 출고');
  await dialog.getByRole('button', { name: '확인' }).click();
  await expect(dialog).toBeHidden();
  await expect(section).not.toContainText('증권사 7주', { timeout: 300_000 });

  await section.getByRole('combobox').click({ timeout: 300_000 });
  await page.getByRole('option', { name: '입금' }).click();
  await expect(page.getByText('수익률을 다시 계산합니다').first()).toBeVisible();
  await expect(section.getByRole('combobox')).toContainText('입금');

  await card.getByRole('button', { name: '삭제' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '삭제' }).click();
  await expect(card).toHaveCount(0);
});
