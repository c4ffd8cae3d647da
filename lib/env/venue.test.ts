import { expect, test } from 'vitest';
import { DEFAULT_VENUE_SEED, readVenueEnv } from './venue.ts';

test('nothing set gives KIS’s own rates, KRX hours and no control face', () => {
  expect(readVenueEnv({ VENUE_DATA_DIR: '', NARAE_VENUE_WS_PORT: '' })).toMatchObject({
    VENUE_PAPER_RATE: 1,
    VENUE_REAL_RATE: 18,
    NARAE_MARKET_HOURS: 'krx',
    VENUE_SEED: DEFAULT_VENUE_SEED,
    VENUE_DATA_DIR: null,
    VENUE_CONTROL_TOKEN: null,
  });
});

test('every fault is named at once', () => {
  const read = () => readVenueEnv({ NARAE_VENUE_REST_PORT: '99999', NARAE_MARKET_HOURS: 'nyse' });
  expect(read).toThrow(/NARAE_VENUE_REST_PORT/);
  expect(read).toThrow(/NARAE_MARKET_HOURS/);
});
