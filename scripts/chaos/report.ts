import { createHash } from 'node:crypto';
import { CONTINUATION_ONLY, type FaultKind } from '#nas/venue/faults/kinds.ts';
import type { Verdict } from './judge.ts';
import type { Step } from './plan.ts';
import type { ChaosOptions } from './run.ts';
import type { RunPlan } from './script-lanes.ts';
import { SKEW_MS } from './time.ts';
import { TROUBLES } from './troubles.ts';

/** The one line of a run. */
export interface Report extends Omit<Verdict, 'events'> {
  /** Equal when the same seed is run again; `judge.ts` tells what is in it and why the rest cannot be. */
  readonly eventHash: string;
  readonly orders: number;
  readonly seed: number;
  readonly accounts: number;
  readonly mutant: string | null;
  /** Orders that met a fault of the venue or the death of their sender. */
  readonly faulted: number;
  readonly faults: Readonly<Record<string, number>>;
  /** How far the venue's clock was ahead. */
  readonly skewMs: number;
  readonly kills: number;
  readonly killsByDoor: Readonly<Record<string, number>>;
  readonly halts: number;
  /** What happened to everybody at once, in this order. */
  readonly crashes: readonly string[];
  readonly pairs: number;
  readonly seconds: number;
  /** Why the run is not good; empty when it is. */
  readonly failed: readonly string[];
  readonly ok: boolean;
}

/** Fewer kills than this in a run of twenty thousand orders prove too little; smaller runs are measured by their size. */
const KILLS_OF_20_000 = 100;
/** Smaller runs have lists of one page. */
const LONG_LISTS = 1_000;
const FAULT_CLASSES = [
  ...new Set(
    TROUBLES.flatMap(({ submit, cancel, modify, inquiry }) => [...[...submit, ...cancel, ...modify].map(({ kind }) => kind), ...inquiry]),
  ),
];
const MUST_BE_ZERO = [
  'duplicates',
  'lost',
  'mismatchedFills',
  'mismatchedPositions',
  'illegalMoves',
  'unresolved',
  'leakedReservations',
  'brokenChains',
  'attemptsWithoutLease',
  'sentWithoutLease',
  'haltBreaches',
] as const satisfies readonly (keyof Omit<Verdict, 'events'>)[];

export function report(input: {
  options: ChaosOptions;
  plan: RunPlan;
  steps: readonly Step[];
  verdict: Verdict;
  killed: Readonly<Record<string, number>>;
  ends: readonly string[];
  byKind: Readonly<Record<string, number>>;
  orders: number;
  seconds: number;
}): Report {
  const { options, plan, steps, killed } = input;
  const { events, ...verdict } = input.verdict;
  const orders = steps.reduce((sum, step) => sum + step.orders.length, 0);
  const { frozen: _, outlived: __, ...deaths } = killed;
  const kills = Object.values(deaths).reduce((sum, n) => sum + n, 0);
  const faults = Object.fromEntries(Object.entries(input.byKind).filter(([kind]) => kind !== 'fill'));
  const faulted = input.orders + kills;
  const pairs = steps.filter((step) => step.orders.length === 2).length;
  const share = (what: string, n: number, least: number) => (n >= orders * least ? [] : [`${what}: ${n} of ${orders} orders`]);
  const failed = [
    ...MUST_BE_ZERO.flatMap((name) => (verdict[name] === 0 ? [] : [`${name}: ${verdict[name]}`])),
    ...(verdict.ambiguous <= verdict.foreign ? [] : [`ambiguous: ${verdict.ambiguous} of ${verdict.foreign} look-alikes`]),
    ...share('reached the venue', verdict.reachedVenue, 0.9),
    ...share('met a fault', faulted, 0.3),
    ...share('identical pairs', pairs, 0.2),
    ...share('foreign look-alikes', verdict.foreign, 0.01),
    ...FAULT_CLASSES.filter((kind) => orders >= LONG_LISTS || !CONTINUATION_ONLY.includes(kind as FaultKind)).flatMap((kind) =>
      share(`fault ${kind}`, faults[kind] ?? 0, 0.005),
    ),
    ...(kills >= Math.floor((KILLS_OF_20_000 * Math.min(orders, 20_000)) / 20_000) ? [] : [`kills: ${kills}`]),
  ];
  return {
    orders,
    seed: options.seed,
    accounts: plan.load.length + plan.kill.length + plan.halt.length,
    mutant: options.mutant,
    ...verdict,
    eventHash: createHash('sha256').update(events.join('\n')).digest('hex'),
    faulted,
    faults,
    skewMs: SKEW_MS,
    kills,
    killsByDoor: killed,
    halts: plan.haltRounds,
    crashes: input.ends,
    pairs,
    seconds: input.seconds,
    failed,
    ok: failed.length === 0,
  };
}
