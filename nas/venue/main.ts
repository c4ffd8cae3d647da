import { readVenueEnv } from '#lib/env/venue.ts';
import { runService } from '#nas/runtime/service.ts';
import { acceleratedClock, realClock } from './clock.ts';
import { readVariants } from './variants.ts';
import { startVenue } from './venue.ts';

await runService('venue', async ({ log }) => {
  const env = readVenueEnv();
  const venue = await startVenue({
    seed: env.VENUE_SEED,
    clock: env.VENUE_CLOCK_FACTOR === 1 ? realClock() : acceleratedClock(Date.now(), env.VENUE_CLOCK_FACTOR),
    marketHours: env.NARAE_MARKET_HOURS,
    eventsPerSecond: env.VENUE_EVENTS_PER_SECOND,
    ports: {
      paper: env.NARAE_VENUE_REST_PORT,
      real: env.NARAE_VENUE_REAL_REST_PORT,
      ...(env.NARAE_VENUE_WS_PORT !== undefined && { paperWs: env.NARAE_VENUE_WS_PORT }),
    },
    host: env.NARAE_VENUE_HOST,
    requestsPerSecond: { paper: env.VENUE_PAPER_RATE, real: env.VENUE_REAL_RATE },
    tokenPause: env.VENUE_TOKEN_PAUSE,
    controlToken: env.VENUE_CONTROL_TOKEN,
    dataDir: env.VENUE_DATA_DIR,
    // A market that never closes has no auction to measure a static interruption from.
    volatilityInterruptions: env.NARAE_MARKET_HOURS !== 'always',
    variants: readVariants(env.VENUE_VARIANTS),
    startFresh: env.VENUE_START_FRESH,
    log,
  });
  log.info({ paper: venue.restUrl.paper, real: venue.restUrl.real, hours: env.NARAE_MARKET_HOURS }, 'venue open');
  return { url: venue.restUrl.paper, stop: () => venue.stop() };
});
