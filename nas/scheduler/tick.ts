import { addDays } from '#domain/market/day.ts';
import { seoul } from '#nas/runtime/clock.ts';
import { evaluationDue, phasesDue, type SessionRow, type Timeframe } from './phases.ts';
import type { SchedulerStore } from './scheduler-store.ts';

/** Sessions looked at around today: enough for minute warm-ups and the next opening after long holidays. */
const DAYS_BACK = 40;
const DAYS_AHEAD = 15;
/** A run that was claimed this long ago and has not ended has lost its process. */
const INTERRUPTED_AFTER_MS = 120_000;

export function sessionsAround(store: SchedulerStore, at: Date): Promise<SessionRow[]> {
  const today = seoul(at.getTime()).day;
  return store.sessions(addDays(today, -DAYS_BACK), addDays(today, DAYS_AHEAD));
}

/** Says what this minute asks of every deployment; the job queue runs it, here or in another scheduler. */
export async function enqueueDue(store: SchedulerStore, at: Date): Promise<void> {
  const sessions = await sessionsAround(store, at);
  const phases = phasesDue(at, sessions);
  for (const { id, timeframe } of await store.runningIds()) {
    const due = evaluationDue(at, timeframe as Timeframe, sessions);
    if (due) await store.enqueue(id, due.phase, due.tick);
    // A daily strategy is judged at clean-up; that is its clean-up.
    for (const phase of phases) if (phase.tick.getTime() !== due?.tick.getTime()) await store.enqueue(id, phase.phase, phase.tick);
  }
  await store.closeInterrupted(new Date(at.getTime() - INTERRUPTED_AFTER_MS));
}
