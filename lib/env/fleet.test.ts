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
