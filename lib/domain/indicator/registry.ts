import type { Indicators } from './indicator.ts';
import { averages } from './registry-averages.ts';
import { oscillators } from './registry-oscillators.ts';
import { ranges } from './registry-ranges.ts';
import { trends } from './registry-trends.ts';
import { volumes } from './registry-volumes.ts';

/** Every indicator by the name it has in a document. Formula and source stand at each function. */
export const INDICATORS: Indicators = { ...averages, ...oscillators, ...ranges, ...trends, ...volumes };
