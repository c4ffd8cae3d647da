/**
 * Won that could have been withdrawn (출금가능금액) at the end of each session, as `[day, won]` where it changes. A trade settles two
 * sessions later (T+2): the money of a sale is there then, the money of a purchase is spoken for at once. So what may leave is the
 * least cash of this session and the two before it. `cash` is that of each session's end; before the first there was the capital.
 */
export function withdrawableCash(days: readonly string[], cash: Float64Array, capital: number): [day: string, won: number][] {
  const changes: [string, number][] = [];
  for (let i = 0; i < days.length; i += 1) {
    const won = Math.min(cash[i]!, cash[i - 1] ?? capital, cash[i - 2] ?? capital);
    if (changes.at(-1)?.[1] !== won) changes.push([days[i]!, won]);
  }
  return changes;
}
