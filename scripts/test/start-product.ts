import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startStack } from '#scripts/stack/start-stack.ts';
import { passableTempDir } from '#supabase/local/os-user.ts';

/**
 * One whole product for all browser tests, on free ports with its own data; its addresses go to the tests by environment.
 * With NARAE_E2E_URL given, the product running there is used instead, and tests that need its mails or its venue fail.
 */
export default async function startProduct(): Promise<() => Promise<void>> {
  if (process.env.NARAE_E2E_URL) return async () => {};
  const home = passableTempDir('narae-e2e-');
  const mails = join(home, 'mails.jsonl');
  const free = Object.fromEntries(
    ['WEB', 'SUPABASE', 'DB', 'GATEWAY', 'VENUE_REST', 'VENUE_WS', 'VENUE_REAL_REST'].map((name) => [`NARAE_${name}_PORT`, '0']),
  );
  const stack = await startStack({
    env: { ...free, NARAE_HOME: join(home, 'home'), NARAE_MARKET_HOURS: 'always', LOG_LEVEL: 'warn' },
    durable: false,
    onMail: (mail) => appendFileSync(mails, `${JSON.stringify(mail)}\n`),
  }).catch((error: unknown) => {
    rmSync(home, { recursive: true, force: true });
    throw error;
  });
  process.env.NARAE_E2E_URL = stack.webUrl;
  process.env.NARAE_E2E_MAILS = mails;
  process.env.NARAE_E2E_VENUE_URL = stack.venueRestUrl;
  process.env.NARAE_E2E_VENUE_TOKEN = stack.venueControlToken;
  return async () => {
    await stack.stop();
    rmSync(home, { recursive: true, force: true });
  };
}
