import { existsSync, readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';

export const DEMO_PASSWORD = 'narae-demo-2026';
export type DemoPerson = 'minjun' | 'seoyeon' | 'admin';
const BUTTON: Record<DemoPerson, string> = { minjun: '민준', seoyeon: '서연', admin: '관리자' };

/** The running product's address; a page that logs an error or a broken policy fails its test. */
export const test = base.extend<{ url: string; quietConsole: undefined }>({
  // biome-ignore lint/correctness/noEmptyPattern: the runner needs the first argument to be a pattern.
  url: async ({}, use) => {
    const url = process.env.NARAE_E2E_URL;
    if (!url) throw new Error('NARAE_E2E_URL is not set: the product was not started');
    await use(url);
  },
  quietConsole: [
    async ({ page }, use) => {
      const errors: string[] = [];
      page.on('console', (message) => {
        // A refusal (4xx) that a screen explains and a cut link that a test made are no faults of the page.
        if (message.type() === 'error' && !/status of 4\d\d|ERR_INTERNET_DISCONNECTED/.test(message.text())) errors.push(message.text());
      });
      page.on('pageerror', (error) => errors.push(String(error)));
      await use(undefined);
      expect(errors, 'the page logged errors').toEqual([]);
    },
    { auto: true },
  ],
});

/** Signs in with a demo button and waits for the desk. */
export async function signIn(page: Page, url: string, person: DemoPerson): Promise<void> {
  await page.goto(`${url}/login`);
  await page.getByRole('button', { name: BUTTON[person], exact: true }).click();
  await page.waitForURL(`${url}/`);
  await expect(page.getByText('실시간').first()).toBeVisible();
}

/** What is half faded in or out has the contrast of neither end: waits until everything that moves once has arrived. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ends = (one: Animation) => Number.isFinite(one.effect?.getComputedTiming().endTime);
    const moving = () => document.getAnimations().filter((one) => one.playState === 'running' && ends(one));
    while (moving().length > 0) await Promise.allSettled(moving().map((one) => one.finished));
  });
}

/** No breach of WCAG 2.2 A and AA that axe can see; the chart's own canvas is outside our hands. */
export async function expectAccessible(page: Page): Promise<void> {
  await settled(page);
  const result = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).exclude('[data-chart]').analyze();
  expect(
    result.violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(' | ')}`),
  ).toEqual([]);
}

/** Nothing may be wider than the screen. */
export async function expectNoSideScroll(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
}

/** The link of the newest mail to this address, once it has come. */
export async function mailedLink(to: string): Promise<string> {
  const file = process.env.NARAE_E2E_MAILS;
  if (!file) throw new Error('NARAE_E2E_MAILS is not set: the mails of a product started elsewhere cannot be read');
  let link: string | null = null;
  await expect(async () => {
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    const mail = lines.map((line) => JSON.parse(line) as { to: string; link: string | null }).findLast((one) => one.to === to);
    link = mail?.link ?? null;
    expect(link).not.toBeNull();
  }).toPass({ timeout: 10_000 });
  return link!;
}

/** Opens a paper account at the venue, as a broker would for its customer. */
export async function openVenueAccount(account: Record<string, unknown>): Promise<void> {
  await atVenue('accounts', { environment: 'paper', cash: 30_000_000, ...account });
}

/** Moves cash (won) or shares at the venue without an order, as a customer would at the broker's counter. */
export async function transferAtVenue(accountNumber: string, what: { cash?: number; holdings?: object[] }): Promise<void> {
  await atVenue('transfers', { accountId: `paper:${accountNumber}-01`, ...what });
}

async function atVenue(path: string, body: unknown): Promise<void> {
  const { NARAE_E2E_VENUE_URL: venue, NARAE_E2E_VENUE_TOKEN: token } = process.env;
  if (!venue || !token) throw new Error('NARAE_E2E_VENUE_URL is not set: the venue of a product started elsewhere is not at hand');
  const answer = await fetch(`${venue}/_venue/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-venue-token': token },
    body: JSON.stringify(body),
  });
  expect(answer.status, await answer.text()).toBe(200);
}
