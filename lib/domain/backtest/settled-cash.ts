/**
 * Won that could have been withdrawn (출금가능금액) at the end of each session, as `[day, won]` where it changes. A trade settles two
 * sessions later (T+2): the money of a sale is there then, the money of a purchase is spoken for at once. So what may leave is the
 * least cash of this session and the two before it. `cash` is that of each point's end; before the first there was the capital.
 * `pointsToSettle` is 2 where a point is a session, 1 where it is a week: a trade on its last day has settled by the end of the next.
 */
export function withdrawableCash(
  days: readonly string[],
  cash: Float64Array,
  capital: number,
  pointsToSettle: 1 | 2,
): [day: string, won: number][] {
  const changes: [string, number][] = [];
  for (let i = 0; i < days.length; i += 1) {
    let won = cash[i]!;
    for (let back = 1; back <= pointsToSettle; back += 1) won = Math.min(won, cash[i - back] ?? capital);
    if (changes.at(-1)?.[1] !== won) changes.push([days[i]!, won]);
  }
  return changes;
}
