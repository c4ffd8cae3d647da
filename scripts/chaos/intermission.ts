import type { ChaosAccount } from './accounts.ts';
import type { Fleet } from './fleet.ts';
import { rolesOf } from './owner.ts';
import type { Step } from './plan.ts';
import { playStep, type Stage, untilSo } from './play.ts';

/**
 * Between two chapters: orders are at the venue whose answers are still under way, some of them filled. Then the database crashes, or the
 * process that owns every account is killed, or it is restarted in order. What was begun before must end as if nothing had happened.
 */
export async function playIntermission(
  stage: Stage,
  fleet: Fleet,
  input: { chapter: number; steps: readonly Step[]; accountOf(index: number): ChaosAccount },
): Promise<'crash' | 'kill' | 'restart'> {
  const { chapter, steps, accountOf } = input;
  const what = (['crash', 'kill', 'restart'] as const)[chapter % 3]!;
  const over = Promise.all(steps.map((step) => playStep(stage, accountOf(step.account), step)));
  await Promise.all(steps.map((step) => untilAtVenue(stage, accountOf(step.account), step)));
  if (what === 'crash') {
    await stage.database.crash();
  } else {
    const { keeper } = await rolesOf(stage, fleet);
    if (what === 'kill') keeper.child.kill('SIGKILL');
    else await keeper.ask('stop').then(() => keeper.child.kill('SIGKILL'));
    await keeper.gone;
    await fleet.serve();
  }
  await over;
  return what;
}

function untilAtVenue(stage: Stage, account: ChaosAccount, step: Step): Promise<void> {
  const { symbol, side, quantity, intentKey } = step.orders[0]!;
  const look = { account: account.venueId, symbol, side, quantity };
  return untilSo(stage, `${intentKey} at the venue`, async () => (await stage.venue.ask<unknown[]>('numbers', look)).length > 0);
}
