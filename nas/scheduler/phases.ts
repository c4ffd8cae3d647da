import { mondayOf } from './live-bars.ts';

/** The regular session of one confirmed day, as instants. */
export interface SessionRow {
  readonly day: string;
  readonly orderFrom: Date;
  readonly openAt: Date;
  readonly closeAt: Date;
}
export type Timeframe = '1d' | '1w' | `${number}m`;

/** What a minute asks of a deployment. `tick` names the evaluation: any number of schedulers compute the same one. */
export type Due =
  | { readonly phase: 'prepare'; readonly tick: Date; readonly session: SessionRow }
  | { readonly phase: 'evaluate'; readonly tick: Date; readonly session: SessionRow }
  | { readonly phase: 'clean_up'; readonly tick: Date; readonly session: SessionRow };

const MINUTE_MS = 60_000;
/** ORDERS §4a: prepare = regular open − 30 min, clean-up = regular close + 5 min. */
export const PREPARE_BEFORE_MS = 30 * MINUTE_MS;
export const CLEAN_UP_AFTER_MS = 5 * MINUTE_MS;
/** A phase that was missed (restart, sleep of the machine) is still taken this long after its minute; the claim makes it run once. */
const CATCH_UP_MS = 10 * MINUTE_MS;

/** Minutes of a bar, or null for daily and weekly ones. */
export function barMinutes(timeframe: Timeframe): number | null {
  return timeframe.endsWith('m') ? Number(timeframe.slice(0, -1)) : null;
}

const within = (now: Date, at: number): boolean => now.getTime() >= at && now.getTime() < at + CATCH_UP_MS;

/** Prepare and clean-up of the sessions around `now`: what the market as a whole is asked. */
export function phasesDue(now: Date, sessions: readonly SessionRow[]): Due[] {
  return sessions.flatMap((session) => {
    const prepareAt = session.openAt.getTime() - PREPARE_BEFORE_MS;
    const cleanUpAt = session.closeAt.getTime() + CLEAN_UP_AFTER_MS;
    return [
      ...(within(now, prepareAt) ? [{ phase: 'prepare' as const, tick: new Date(prepareAt), session }] : []),
      ...(within(now, cleanUpAt) ? [{ phase: 'clean_up' as const, tick: new Date(cleanUpAt), session }] : []),
    ];
  });
}

/**
 * Whether a deployment of this timeframe is evaluated in the minute of `now`. Intraday: at each closed bar inside the session, the
 * bars counted from its open, the last one at the close. Daily: at clean-up. Weekly: at the clean-up of the week's last session.
 */
export function evaluationDue(now: Date, timeframe: Timeframe, sessions: readonly SessionRow[]): Due | null {
  const minutes = barMinutes(timeframe);
  if (minutes !== null) {
    const minute = Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS;
    const session = sessions.find((s) => minute > s.openAt.getTime() && minute <= s.closeAt.getTime());
    if (!session) return null;
    const sinceOpen = (minute - session.openAt.getTime()) / MINUTE_MS;
    return sinceOpen % minutes === 0 ? { phase: 'evaluate', tick: new Date(minute), session } : null;
  }
  const cleanUp = phasesDue(now, sessions).find((due) => due.phase === 'clean_up');
  if (!cleanUp) return null;
  if (timeframe === '1w' && sessions.some((s) => s.day > cleanUp.session.day && mondayOf(s.day) === mondayOf(cleanUp.session.day)))
    return null;
  return { phase: 'evaluate', tick: cleanUp.tick, session: cleanUp.session };
}

/** When orders decided after this session may be sent: the next confirmed session's order entry, or null when none is known. */
export function nextOrderEntry(session: SessionRow, sessions: readonly SessionRow[]): Date | null {
  const next = sessions.filter((s) => s.day > session.day).sort((a, b) => (a.day < b.day ? -1 : 1))[0];
  return next?.orderFrom ?? null;
}
