import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readFleetEnv, readGatewayEnv } from './fleet.ts';

const good = { DATABASE_URL: 'postgres://narae_trading:x@127.0.0.1:5432/postgres', CREDENTIALS_DIR: 'c', MARKET_DATA_DIR: 'm' };

test('an empty value counts as not given, so defaults apply', () => {
  const env = readFleetEnv({ ...good, PORT: '', KIS_REAL_REST_URL: '' });
  expect(env.PORT).toBe(0);
  expect(env.KIS_REAL_REST_URL).toBe('https://openapi.koreainvestment.com:9443');
});

test.each([
  { url: 'postgres://u:p@pooler.example.com:6543/postgres', why: 'the port of transaction mode' },
  { url: 'postgres://u:p@pooler.example.com:5432/postgres?pgbouncer=true', why: 'the mark of transaction mode' },
])('refuses $why with a sentence that says what to use instead', ({ url }) => {
  expect(() => readFleetEnv({ ...good, DATABASE_URL: url })).toThrow(/session pooler/);
});

test('lists every fault at once', () => {
  const read = () => readGatewayEnv({ DATABASE_URL: 'mysql://x', NAS_API_KEY: 'short', CREDENTIALS_DIR: 'c', MARKET_DATA_DIR: 'm' });
  expect(read).toThrow(/DATABASE_URL[\s\S]*NAS_API_KEY[\s\S]*NAS_API_SECRET|NAS_API_KEY[\s\S]*DATABASE_URL/);
});

/** As the container starts them: with nothing set, each ends with every missing variable named, in both languages. */
test.concurrent.each([
  { service: 'trading', misses: ['DATABASE_URL', 'CREDENTIALS_DIR', 'MARKET_DATA_DIR'] },
  { service: 'gateway', misses: ['DATABASE_URL', 'CREDENTIALS_DIR', 'MARKET_DATA_DIR', 'NAS_API_KEY', 'NAS_API_SECRET'] },
  { service: 'market', misses: ['DATABASE_URL', 'CREDENTIALS_DIR', 'MARKET_DATA_DIR'] },
  { service: 'scheduler', misses: ['DATABASE_URL', 'CREDENTIALS_DIR', 'MARKET_DATA_DIR'] },
  { service: 'backtest', misses: ['DATABASE_URL', 'CREDENTIALS_DIR', 'MARKET_DATA_DIR'] },
])('$service without its environment ends and names $misses', async ({ service, misses }) => {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../../nas/${service}/main.ts`, import.meta.url))], {
    env: {} as NodeJS.ProcessEnv,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = text(child.stderr);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  const { msg, err } = JSON.parse((await said).split('\n')[0] as string);
  expect([code, msg]).toEqual([1, 'crashed']);
  expect(err.message).toMatch(/^환경 변수가 올바르지 않습니다.*\nThe environment is not usable/);
  for (const name of misses) expect(err.message).toContain(`at ${name}`);
});
