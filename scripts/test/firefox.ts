import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Debian's packages put it. */
const SYSTEM_PATHS = ['/usr/bin/firefox-esr', '/usr/bin/firefox'];
/** How long it may take to leave before it is made to. */
const LEAVES_MS = 3_000;

/** The Firefox of this machine (FIREFOX_PATH, the system's), or null. Playwright drives only builds of its own, so this one drives itself. */
export function findFirefox(): string | null {
  return [process.env.FIREFOX_PATH ?? '', ...SYSTEM_PATHS].find((path) => path !== '' && existsSync(path)) ?? null;
}

/** Nothing but the page: no welcome, no updates, no reports, and a proxy that nobody answers for every address but loopback's. */
const PREFERENCES: Readonly<Record<string, string | number | boolean>> = {
  'network.proxy.type': 1,
  'network.proxy.http': '127.0.0.1',
  'network.proxy.http_port': 9,
  'network.proxy.ssl': '127.0.0.1',
  'network.proxy.ssl_port': 9,
  'network.trr.mode': 5,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.dns.disablePrefetch': true,
  'network.prefetch-next': false,
  'app.update.enabled': false,
  'app.update.auto': false,
  'app.normandy.enabled': false,
  'browser.aboutwelcome.enabled': false,
  'browser.newtabpage.enabled': false,
  'browser.region.network.url': '',
  'browser.safebrowsing.downloads.remote.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.search.update': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage': 'about:blank',
  'datareporting.healthreport.uploadEnabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'dom.push.connection.enabled': false,
  'extensions.getAddons.cache.enabled': false,
  'extensions.systemAddon.update.enabled': false,
  'extensions.update.enabled': false,
  'media.gmp-manager.updateEnabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.enabled': false,
  'toolkit.telemetry.unified': false,
  'toolkit.telemetry.server': '',
};

export interface OpenFirefox {
  /** Rejects when it ends by itself. */
  readonly ended: Promise<never>;
  /** Ends it with all its processes and removes its profile. */
  close(): Promise<void>;
}

/** Opens a loopback page in a headless Firefox with a new profile. */
export function openFirefox(path: string, url: string): OpenFirefox {
  const home = mkdtempSync(join(tmpdir(), 'narae-firefox-'));
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);
  writeFileSync(join(home, 'user.js'), lines.join(''));
  // A group of its own: the processes of its tabs end with it.
  const child = spawn(path, ['--headless', '--no-remote', '--profile', home, url], {
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, HOME: home, MOZ_CRASHREPORTER_DISABLE: '1', MOZ_DATA_REPORTING: '0' },
  });
  const exited = once(child, 'exit');
  const ended = exited.then(([code]) => Promise.reject(new Error(`Firefox ended by itself with ${code}`)));
  ended.catch(() => {}); // it also ends when it is closed
  return {
    ended,
    async close() {
      signal(child.pid, 'SIGTERM');
      const timer = setTimeout(() => signal(child.pid, 'SIGKILL'), LEAVES_MS);
      await exited.catch(() => {});
      clearTimeout(timer);
      signal(child.pid, 'SIGKILL'); // what is left of its group
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function signal(leader: number | undefined, name: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, name);
  } catch {
    // nobody of the group is left
  }
}
