import { chromium } from '@playwright/test';
import { expect, test } from 'vitest';
import { type EnginePage, startEnginePage } from '#lib/testing/engine-page.ts';
import { type EngineHash, engineHashes } from '#lib/testing/engine-runs.ts';
import { existingChromium } from '#scripts/test/chromium.ts';
import { findFirefox, openFirefox } from '#scripts/test/firefox.ts';

/** Computed once: what every other engine must say, bit for bit. */
let here: Promise<EngineHash[]> | undefined;
const hashesHere = () => {
  here ??= engineHashes();
  return here;
};
const CHROMIUM = existingChromium()?.path ?? null;
const FIREFOX = findFirefox();
const PATIENCE_MS = 260_000;

async function withPage<T>(look: (page: EnginePage) => Promise<T>): Promise<T> {
  const page = await startEnginePage();
  try {
    return await look(page);
  } finally {
    page.close();
  }
}

test('in Node every run trades, and a second round says the same', { timeout: PATIENCE_MS }, async () => {
  const first = await hashesHere();
  expect(first.filter(({ name, trades }) => trades < 10 && name !== 'exp, log and pow')).toEqual([]);
  expect(new Set(first.map(({ hash }) => hash)).size).toBe(first.length);
  expect(await engineHashes()).toEqual(first);
});

test.runIf(CHROMIUM)('a Web Worker of Chromium says what Node says, twice in a row', { timeout: PATIENCE_MS }, async () => {
  const { agent, rounds } = await withPage(async (page) => {
    const browser = await chromium.launch({ executablePath: CHROMIUM!, args: ['--disable-dev-shm-usage'] });
    try {
      await (await browser.newPage()).goto(page.url);
      return await page.said;
    } finally {
      await browser.close();
    }
  });
  expect(agent).toContain('Chrome/');
  expect(rounds).toEqual([await hashesHere(), await hashesHere()]);
});

test.runIf(FIREFOX)(
  'a Web Worker of Firefox (Debian: firefox-esr) says what Node says, twice in a row',
  { timeout: PATIENCE_MS },
  async () => {
    const { agent, rounds } = await withPage(async (page) => {
      const firefox = openFirefox(FIREFOX!, page.url);
      try {
        return await Promise.race([page.said, firefox.ended]);
      } finally {
        await firefox.close();
      }
    });
    expect(agent).toContain('Firefox/');
    expect(rounds).toEqual([await hashesHere(), await hashesHere()]);
  },
);
