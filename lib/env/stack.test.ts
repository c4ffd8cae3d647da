import { isAbsolute } from 'node:path';
import { expect, test } from 'vitest';
import { readStackEnv } from './stack.ts';

test('needs nothing, and empty values count as absent', () => {
  const env = readStackEnv({ NARAE_WEB_PORT: '' });
  expect(env).toMatchObject({ NARAE_WEB_PORT: 3000, NARAE_SUPABASE_PORT: 54321, NARAE_MARKET_HOURS: 'demo' });
  expect(isAbsolute(env.NARAE_HOME)).toBe(true);
});

test('lists every fault at once, each with its variable', () => {
  const faults = () => readStackEnv({ NARAE_WEB_PORT: 'web', NARAE_DB_PORT: '70000', NARAE_MARKET_HOURS: 'sometimes' });
  expect(faults).toThrow(/NARAE_WEB_PORT/);
  expect(faults).toThrow(/NARAE_DB_PORT/);
  expect(faults).toThrow(/NARAE_MARKET_HOURS/);
});

test('two parts cannot have one port, but each may take a free one', () => {
  expect(() => readStackEnv({ NARAE_WEB_PORT: '8080' })).toThrow(/NARAE_GATEWAY_PORT/);
  expect(readStackEnv({ NARAE_WEB_PORT: '0', NARAE_GATEWAY_PORT: '0' })).toMatchObject({ NARAE_WEB_PORT: 0, NARAE_GATEWAY_PORT: 0 });
});
