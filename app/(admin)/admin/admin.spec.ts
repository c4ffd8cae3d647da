import { randomUUID } from 'node:crypto';
import { expect } from '@playwright/test';
import { expectAccessible, expectNoSideScroll, mailedLink, signIn, test } from '#scripts/test/browser.ts';

test('the page does not exist for anybody but administrators', async ({ page, url }) => {
  await signIn(page, url, 'seoyeon');
  await page.goto(`${url}/admin`);
  await expect(page.getByText('찾을 수 없습니다').first()).toBeVisible();
});

test('taking away paper trading refuses the trader’s next order, and both are in the audit log', async ({ browser, page, url }) => {
  test.setTimeout(180_000);
  await signIn(page, url, 'admin');
  await page.goto(`${url}/admin`);
  await expectAccessible(page);
  const paper = page.getByRole('switch', { name: '이서연 모의 거래' });
  await expect(paper).toBeChecked();
  await paper.click();
  await expect(paper).not.toBeChecked();
  const traderContext = await browser.newContext({ locale: 'ko-KR' });
  try {
    const trader = await traderContext.newPage();
    await signIn(trader, url, 'seoyeon');
    await trader.goto(`${url}/market/990010`);
    const ticket = trader.getByRole('form', { name: '주문' });
    await ticket.getByRole('button', { name: '매도1' }).click();
    await ticket.getByLabel('수량', { exact: true }).fill('1');
    await ticket.getByRole('button', { name: '매수', exact: true }).click();
    await trader.getByRole('dialog').getByRole('button', { name: '매수 주문' }).click();
    await expect(trader.getByRole('dialog').getByRole('alert')).toContainText('권한');
  } finally {
    await traderContext.close();
    await paper.click();
  }
  await expect(paper).toBeChecked();
  await page.reload();
  await page.getByRole('tab', { name: '감사기록' }).click();
  await expect(page.getByRole('row', { name: /관리자 permission\.set 이서연/ }).first()).toBeVisible();
  await expectAccessible(page);
});

test('switches say what follows before they turn, the fleet is heard, and nothing is wider than a phone', async ({ page, url }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page, url, 'admin');
  await page.goto(`${url}/admin`);
  for (const [tab, text] of [
    ['플랫폼', '자동매매'],
    ['비상정지', '지금 플랫폼은'],
    ['서비스', 'trading'],
    ['요청', '열린 요청이 없습니다'],
  ] as const) {
    await page.getByRole('tab', { name: tab }).click();
    await expect(page.getByRole('tabpanel')).toContainText(text);
    await expectAccessible(page);
    await expectNoSideScroll(page);
  }
  await page.getByRole('tab', { name: '플랫폼' }).click();
  await page.getByRole('switch', { name: /자동매매/ }).click();
  await expect(page.getByRole('dialog')).toContainText('들고 있는 종목과 미체결 주문은 그대로 남습니다');
  await page.getByRole('dialog').getByRole('button', { name: '그대로 두기' }).click();
  await expect(page.getByRole('switch', { name: /자동매매/ })).toBeChecked();
});

test('an address is invited, taken back, invited again, and its owner trades on paper at once', async ({ browser, page, url }) => {
  test.setTimeout(180_000);
  await signIn(page, url, 'admin');
  await page.goto(`${url}/admin`);
  const invitations = page.getByRole('region', { name: '초대', exact: true });
  await invitations.getByLabel('초대할 이메일').fill('minjun@narae.local');
  await invitations.getByRole('button', { name: '초대하기' }).click();
  await expect(page.getByText('이미 이 이메일로 가입한 사람이 있습니다')).toBeVisible();
  const email = `guest-${randomUUID().slice(0, 8)}@narae.local`;
  await invitations.getByLabel('초대할 이메일').fill(email);
  await invitations.getByRole('button', { name: '초대하기' }).click();
  await expect(invitations.getByRole('listitem').filter({ hasText: email })).toContainText('까지');
  await expectAccessible(page);
  await invitations.getByRole('button', { name: `${email} 초대 거두기` }).click();
  await expect(invitations.getByText(email)).toHaveCount(0);

  await invitations.getByLabel('초대할 이메일').fill(email);
  await invitations.getByRole('button', { name: '초대하기' }).click();
  await expect(invitations.getByText(email)).toBeVisible();
  const guestContext = await browser.newContext({ locale: 'ko-KR' });
  try {
    const guest = await guestContext.newPage();
    await guest.goto(`${url}/signup`);
    await guest.getByLabel('이름', { exact: true }).fill('손님');
    await guest.getByLabel('이메일').fill(email);
    await guest.getByLabel('비밀번호', { exact: true }).fill('guest-password-2026');
    await guest.getByRole('button', { name: '가입하기' }).click();
    await expect(guest.getByText('확인 메일을 보냈습니다')).toBeVisible();
    await guest.goto(await mailedLink(email));
    await guest.goto(`${url}/settings`);
    await expect(guest.getByText('모의 거래 가능')).toBeVisible();
  } finally {
    await guestContext.close();
  }
  await page.reload();
  await expect(invitations.getByRole('listitem').filter({ hasText: email })).toContainText('가입');
});

test('orders of unknown outcome have a page of their own, for administrators alone', async ({ browser, page, url }) => {
  await signIn(page, url, 'admin');
  await page.goto(`${url}/admin`);
  await page.getByRole('link', { name: '결과를 모르는 주문' }).click();
  await expect(page.getByRole('heading', { name: '결과를 모르는 주문', level: 1 })).toBeVisible();
  await expect(page.getByText('결과를 모르는 주문이 없습니다')).toBeVisible();
  await expectAccessible(page);
  const strangerContext = await browser.newContext({ locale: 'ko-KR' });
  try {
    const stranger = await strangerContext.newPage();
    await signIn(stranger, url, 'seoyeon');
    await stranger.goto(`${url}/admin/unknown`);
    await expect(stranger.getByText('찾을 수 없습니다').first()).toBeVisible();
  } finally {
    await strangerContext.close();
  }
});

test('a halt of the paper broker is set with one dialog, named with reason and person, and lifted with a reason', async ({ page, url }) => {
  await signIn(page, url, 'admin');
  await page.goto(`${url}/admin`);
  await page.getByRole('tab', { name: '비상정지' }).click();
  await page.getByRole('button', { name: '정지 설정' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: '범위' }).click();
  await page.getByRole('option', { name: /PAPER 전체/ }).click();
  await dialog.getByRole('radio', { name: '신규 중지' }).click();
  await dialog.getByLabel('이유').fill('점검');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: '적용' }).click();
  const standing = page.getByRole('list', { name: '걸려 있는 정지' });
  await expect(standing).toContainText('PAPER 전체');
  await expect(standing).toContainText('내가 설정');
  await expect(standing).toContainText('점검');
  await standing.getByRole('button', { name: '바꾸기' }).click();
  await dialog.getByRole('radio', { name: '정상' }).click();
  await expect(dialog.getByRole('button', { name: '적용' })).toBeDisabled();
  await dialog.getByLabel('이유').fill('점검을 마쳤습니다');
  await dialog.getByRole('button', { name: '적용' }).click();
  await expect(page.getByText('걸려 있는 정지가 없습니다')).toBeVisible();
});
