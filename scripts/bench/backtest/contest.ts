/** A round of one contender: as many calls as take about this long. */
const ROUND_SECONDS = 0.15;

/**
 * CPU seconds of the whole process, its helper threads included: other work on the machine does not count, garbage collection and
 * compilation do.
 */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/**
 * Lets contenders take turns and gives, per contender, the seconds of one call in each of the rounds. Taking turns keeps a busy minute
 * of the machine from falling on one of them alone.
 */
export function contest<N extends string>(contenders: Readonly<Record<N, () => number>>, rounds: number): Record<N, number[]> {
  const names = Object.keys(contenders) as N[];
  const seconds = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<N, number[]>;
  const calls = new Map(names.map((name) => [name, callsOfRound(contenders[name])]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) seconds[name].push(secondsOf(contenders[name], calls.get(name)!));
  }
  return seconds;
}

/** Warms a contender up until it is at its speed. */
function callsOfRound(work: () => number): number {
  let calls = 1;
  for (;;) {
    const took = secondsOf(work, calls) * calls;
    if (took >= ROUND_SECONDS) return calls;
    calls = Math.ceil(calls * Math.min(10, (1.2 * ROUND_SECONDS) / Math.max(took, 1e-6)));
  }
}

function secondsOf(work: () => number, calls: number): number {
  const begun = cpuSeconds();
  let guard = 0;
  for (let i = 0; i < calls; i += 1) guard += work();
  if (Number.isNaN(guard)) throw new Error('a contender gave no figure');
  return (cpuSeconds() - begun) / calls;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** How many times as long `one` took as `other`: the median over rounds, each compared with its neighbour in time. */
export function ratio(one: readonly number[], other: readonly number[]): number {
  return median(one.map((seconds, round) => seconds / other[round]!));
}
