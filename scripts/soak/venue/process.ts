import { enterWorld, type ScaledTime } from '#scripts/chaos/time.ts';

export interface VenueConfig {
  readonly time: ScaledTime;
  readonly closedDays: readonly string[];
}

const config = JSON.parse(process.argv[2] ?? '') as VenueConfig;
enterWorld(config.time); // before the venue's modules see a clock
const { openVenue } = await import('./open-venue.ts');
await openVenue(config);
