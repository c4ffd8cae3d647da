import { describe, expect, test } from 'vitest';
import { evaluationDue, nextOrderEntry, phasesDue, type SessionRow, type Timeframe } from './phases.ts';

const kst = (day: string, clock: string): Date => new Date(`${day}T${clock}+09:00`);
const session = (day: string, open = '09:00:00', close = '15:30:00'): SessionRow => ({
  day,
  orderFrom: kst(day, '08:30:00'),
  openAt: kst(day, open),
  closeAt: kst(day, close),
});
const FRIDAY = session('2026-11-20');
const MONDAY = session('2026-11-23');
const EXAM_DAY = session('2026-11-19', '10:00:00', '16:30:00');
const SESSIONS = [EXAM_DAY, FRIDAY, MONDAY];

describe('the day of the auto-trader', () => {
  test.each([
    { at: kst('2026-11-20', '08:29:59'), phases: [] },
    { at: kst('2026-11-20', '08:30:00'), phases: ['prepare'] },
    { at: kst('2026-11-20', '08:39:59'), phases: ['prepare'], why: 'a restart catches up' },
    { at: kst('2026-11-20', '08:40:00'), phases: [], why: 'too late: the session is near' },
    { at: kst('2026-11-20', '15:34:59'), phases: [] },
    { at: kst('2026-11-20', '15:35:00'), phases: ['clean_up'] },
    { at: kst('2026-11-21', '08:30:00'), phases: [], why: 'Saturday has no row' },
    { at: kst('2026-11-19', '08:30:00'), phases: [], why: 'exam day opens at 10:00' },
    { at: kst('2026-11-19', '09:30:00'), phases: ['prepare'] },
    { at: kst('2026-11-19', '16:35:00'), phases: ['clean_up'] },
  ])('at $at it does $phases', ({ at, phases }) => {
    expect(phasesDue(at, SESSIONS).map((due) => due.phase)).toEqual(phases);
  });
});

describe('evaluation of a deployment', () => {
  test.each<{ at: Date; timeframe: Timeframe; due: string | null; why: string }>([
    { at: kst('2026-11-20', '09:00:00'), timeframe: '1m', due: null, why: 'no bar has closed at the open' },
    { at: kst('2026-11-20', '09:01:00'), timeframe: '1m', due: '09:01', why: 'the first minute has closed' },
    { at: kst('2026-11-20', '09:01:42'), timeframe: '1m', due: '09:01', why: 'a late tick names the same minute' },
    { at: kst('2026-11-20', '09:04:00'), timeframe: '5m', due: null, why: 'the bar is not closed' },
    { at: kst('2026-11-20', '09:05:00'), timeframe: '5m', due: '09:05', why: 'bars count from the open' },
    { at: kst('2026-11-19', '10:05:00'), timeframe: '5m', due: '10:05', why: 'from the open of that day' },
    { at: kst('2026-11-20', '15:30:00'), timeframe: '30m', due: '15:30', why: 'the last bar closes with the session' },
    { at: kst('2026-11-20', '15:31:00'), timeframe: '1m', due: null, why: 'the session is over' },
    { at: kst('2026-11-20', '15:35:00'), timeframe: '1d', due: '15:35', why: 'a day is judged at clean-up' },
    { at: kst('2026-11-19', '16:35:00'), timeframe: '1w', due: null, why: 'the week has a session left' },
    { at: kst('2026-11-20', '15:35:00'), timeframe: '1w', due: '15:35', why: 'the last session of the week' },
  ])('$timeframe at $at: $due ($why)', ({ at, timeframe, due }) => {
    const found = evaluationDue(at, timeframe, SESSIONS);
    const clock = found && new Date(found.tick.getTime() + 9 * 3_600_000).toISOString().slice(11, 16);
    expect(clock).toBe(due);
  });

  test('orders of Friday evening wait for the order entry of Monday, and for nobody knows when after the last known day', () => {
    expect(nextOrderEntry(FRIDAY, SESSIONS)).toEqual(MONDAY.orderFrom);
    expect(nextOrderEntry(MONDAY, SESSIONS)).toBeNull();
  });
});
