import { z } from 'zod';
import { parseEnv } from './parse-env.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

/** Seed of the synthetic market: whoever generates its history (demo instruments, Parquet) must use the venue's. */
export const DEFAULT_VENUE_SEED = 20_150_615;

/** Environment of the exchange simulator. REST and WebSocket (`/tryitout`) of one KIS host share a port. */
export const venueEnv = z.object({
  /** Port of the paper host (모의투자). */
  NARAE_VENUE_REST_PORT: port.default(29_443),
  /** Port of the simulation's real host (실전투자; no real money is behind it). 0, the default, takes a free one and logs it. */
  NARAE_VENUE_REAL_REST_PORT: port.default(0),
  /** A port of its own for paper's WebSocket, as KIS has (31000); without it only the REST port takes `/tryitout`. */
  NARAE_VENUE_WS_PORT: port.optional(),
  /** Address to listen on; the control face answers loopback callers whatever this says. */
  NARAE_VENUE_HOST: z.string().default('127.0.0.1'),
  VENUE_SEED: z.coerce.number().int().default(DEFAULT_VENUE_SEED),
  NARAE_MARKET_HOURS: z.enum(['krx', 'demo', 'always']).default('krx'),
  /** Where accounts, holdings and today's orders are kept; empty keeps nothing. */
  VENUE_DATA_DIR: z
    .string()
    .default('')
    .transform((text) => text || null),
  /** Guards `/_venue/…`; empty switches the control face off. */
  VENUE_CONTROL_TOKEN: z
    .string()
    .default('')
    .transform((text) => text || null),
  /** Moves a damaged snapshot aside and begins empty, instead of refusing to start. */
  VENUE_START_FRESH: flag,
  /** Readings of the KIS reference other than the likelier ones, `name=value,…`; the names are in nas/venue/variants.ts. */
  VENUE_VARIANTS: z.string().default(''),
  /** REST calls a second and app key. KIS allows 1 on paper and 18 on real; the local demonstration sets more. */
  VENUE_PAPER_RATE: z.coerce.number().positive().default(1),
  VENUE_REAL_RATE: z.coerce.number().positive().default(18),
  /** Steps of the background market a second and symbol. */
  VENUE_EVENTS_PER_SECOND: z.coerce.number().min(0).max(3).default(0.5),
  /** 1 is real time; more runs the market's clock faster. */
  VENUE_CLOCK_FACTOR: z.coerce.number().min(1).max(3_600).default(1),
  /** EGW00133 within a minute of a new token, as KIS does; the local demonstration may switch it off. */
  VENUE_TOKEN_PAUSE: z
    .enum(['true', 'false'])
    .default('true')
    .transform((text) => text === 'true'),
});
export type VenueEnv = z.infer<typeof venueEnv>;

/** Reads and checks the venue's environment; throws with every fault listed. Empty values count as absent. */
export function readVenueEnv(source: Record<string, string | undefined> = process.env): VenueEnv {
  return parseEnv(venueEnv, source);
}
