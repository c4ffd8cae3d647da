import { describe } from 'vitest';
import { describeBroker } from '#nas/brokers/contract.ts';
import { kisOnTheVenue } from './testing/on-the-venue.ts';

describe.each(['paper', 'real'] as const)('the exchange simulator as KIS %s', (environment) => {
  describeBroker(`kis ${environment} on the venue`, () => kisOnTheVenue(environment));
});
