import { METRICS, type MetricName, type Samples } from './definitions.ts';

/** A figure with the number of observations behind it. Below `needed` there is no value: too few to mean anything. */
export interface Metric {
  readonly value: number | null;
  readonly sample: number;
  readonly needed: number;
  readonly state: 'ok' | 'too_few' | 'undefined';
}

/** Puts figures beside what they rest on. A value that is not finite is undefined. */
export function withSamples<N extends MetricName>(
  names: readonly N[],
  values: Readonly<Record<N, number>>,
  samples: Samples,
): Record<N, Metric> {
  const metrics: Partial<Record<N, Metric>> = {};
  for (const name of names) {
    const { sample, needed } = METRICS[name];
    metrics[name] = metric(values[name], samples[sample], needed);
  }
  return metrics as Record<N, Metric>;
}

function metric(value: number, sample: number, needed: number): Metric {
  if (sample < needed) return { value: null, sample, needed, state: 'too_few' };
  return Number.isFinite(value) ? { value, sample, needed, state: 'ok' } : { value: null, sample, needed, state: 'undefined' };
}
