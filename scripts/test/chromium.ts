import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

/** Where distributions put it. */
const SYSTEM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export interface FoundBrowser {
  readonly path: string | null;
  /** What was found or done, in one sentence for whoever runs the tests. */
  readonly sentence: string;
}

/** The Chromium that is there already (CHROMIUM_PATH, Playwright's, the system's), or null. */
export function existingChromium(): FoundBrowser | null {
  const asked = process.env.CHROMIUM_PATH;
  if (asked) return existsSync(asked) ? { path: asked, sentence: `Browser: ${asked} (CHROMIUM_PATH).` } : null;
  if (existsSync(chromium.executablePath()))
    return { path: chromium.executablePath(), sentence: 'Browser: the one that Playwright installed.' };
  const system = SYSTEM_PATHS.find((path) => existsSync(path));
  return system ? { path: system, sentence: `Browser: ${system} (the system's).` } : null;
}

/** Finds Chromium (CHROMIUM_PATH, Playwright's, the system's) or, as root on Debian, installs the distribution's package. */
export function findChromium(): FoundBrowser {
  const found = existingChromium();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const apt = (...args: string[]) =>
      spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
    apt('update');
    apt('install', '-y', 'chromium', 'fonts-noto-cjk');
    const installed = existingChromium();
    if (installed) return { ...installed, sentence: `${installed.sentence} Installed just now with apt-get.` };
  }
  return {
    path: null,
    sentence: 'No Chromium was found: install one (Debian: apt-get install chromium) or set CHROMIUM_PATH. Browser tests will fail.',
  };
}
