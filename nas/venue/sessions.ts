import { krxCalendarDay, type SessionHours } from '#domain/market/calendar.ts';
import { addDays, isWeekend } from '#domain/market/day.ts';
import type { MatchingPhase } from './engine/symbol-engine.ts';
import { seoulDay, seoulInstant } from './seoul-time.ts';
import type { Variants } from './variants.ts';

export type MarketHours = 'krx' | 'demo' | 'always';
export type Phase = 'before' | 'opening_auction' | 'continuous' | 'closing_auction' | 'after';

/** When a phase begins, in minutes after midnight in Seoul. */
interface PhaseStart {
  readonly phase: Phase;
  readonly minute: number;
}

/** demo: long enough for any hour of a demonstration, with real auctions at both ends. always: no auction, the day changes at midnight. */
const DEMO: readonly PhaseStart[] = [
  { phase: 'before', minute: 0 },
  { phase: 'opening_auction', minute: 30 },
  { phase: 'continuous', minute: 40 },
  { phase: 'closing_auction', minute: 1_420 },
  { phase: 'after', minute: 1_430 },
];
const ALWAYS: readonly PhaseStart[] = [{ phase: 'continuous', minute: 0 }];
/** Ordinary KRX hours, for years the calendar has no data of. */
const KRX_ORDINARY: readonly PhaseStart[] = [
  { phase: 'before', minute: 0 },
  { phase: 'opening_auction', minute: 510 },
  { phase: 'continuous', minute: 540 },
  { phase: 'closing_auction', minute: 920 },
  { phase: 'after', minute: 930 },
];
const CLOSED: readonly PhaseStart[] = [{ phase: 'after', minute: 0 }];

/** Is KRX open on a day? Years the calendar does not know count every weekday, so that history and settlement never stop. */
export function isKrxDay(day: string): boolean {
  return krxCalendarDay(day)?.isOpen ?? !isWeekend(day);
}

function krxPlan(day: string, ordersFrom: Variants['ordersFrom']): readonly PhaseStart[] {
  if (!isKrxDay(day)) return CLOSED;
  const known = krxCalendarDay(day)?.sessions;
  if (!known) return KRX_ORDINARY;
  const earlier = ordersFrom === '0820' ? 10 : 0;
  const of = (name: SessionHours['session']): SessionHours => known.find((hours) => hours.session === name)!;
  return [
    { phase: 'before', minute: 0 },
    { phase: 'opening_auction', minute: of('open_auction').orderFrom / 60 - earlier },
    { phase: 'continuous', minute: of('regular').openAt / 60 },
    { phase: 'closing_auction', minute: of('close_auction').openAt / 60 },
    { phase: 'after', minute: of('close_auction').closeAt / 60 },
  ];
}

export interface Sessions {
  readonly hours: MarketHours;
  isTradingDay(day: string): boolean;
  phaseAt(epochMs: number): Phase;
  /** The next instant after `epochMs` at which the phase or the day changes. */
  nextChange(epochMs: number): number;
  /** Continuous trading of a day in minutes after midnight: [open, close), the closing auction included. */
  bounds(day: string): { open: number; close: number };
  /** The trading day `count` trading days after `day`: settlement is D+2. */
  tradingDayAfter(day: string, count: number): string;
}

export const MATCHING: Record<Phase, MatchingPhase> = {
  before: 'closed',
  opening_auction: 'auction',
  continuous: 'continuous',
  closing_auction: 'auction',
  after: 'closed',
};

export interface SessionOptions {
  /** KRX's opening auction is said to take orders from 08:20 by one table. */
  readonly ordersFrom?: Variants['ordersFrom'];
  /** Days that are closed beyond the calendar: a temporary holiday. */
  readonly closedDays?: readonly string[];
}

export function sessions(hours: MarketHours, { ordersFrom = '0830', closedDays = [] }: SessionOptions = {}): Sessions {
  const open = { krx: (day: string) => krxPlan(day, ordersFrom), demo: () => DEMO, always: () => ALWAYS }[hours];
  const plans = new Map<string, readonly PhaseStart[]>();
  /** Asked for with every order, so each day is worked out once. */
  const planOf = (day: string): readonly PhaseStart[] => {
    const known = plans.get(day);
    if (known) return known;
    const isOpen = (hours !== 'krx' || isKrxDay(day)) && !closedDays.includes(day);
    const plan = isOpen ? open(day) : CLOSED;
    plans.set(day, plan);
    return plan;
  };
  const isTradingDay = (day: string): boolean => planOf(day) !== CLOSED;
  return {
    hours,
    isTradingDay,
    phaseAt(epochMs) {
      const day = seoulDay(epochMs);
      const minute = (epochMs - seoulInstant(day)) / 60_000;
      return planOf(day).findLast((start) => start.minute <= minute)!.phase;
    },
    nextChange(epochMs) {
      const day = seoulDay(epochMs);
      const next = planOf(day).find((start) => seoulInstant(day, start.minute) > epochMs);
      return next ? seoulInstant(day, next.minute) : seoulInstant(addDays(day, 1));
    },
    bounds(day) {
      const plan = planOf(day);
      const open = plan.find((start) => start.phase === 'continuous')?.minute ?? 540;
      if (plan === CLOSED) return { open: 540, close: 930 };
      return { open, close: plan.find((start) => start.phase === 'after')?.minute ?? 1_440 };
    },
    tradingDayAfter(day, count) {
      let at = day;
      for (let left = count; left > 0; ) {
        at = addDays(at, 1);
        if (isTradingDay(at)) left--;
      }
      return at;
    },
  };
}
