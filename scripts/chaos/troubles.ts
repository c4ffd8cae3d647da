import type { PlannedFault } from '#nas/venue/faults/plan.ts';
import type { Fate } from './plan.ts';

type Fault = PlannedFault;

/** One misfortune an order may meet. Each hits at least 0.5 % of all orders. */
export interface Trouble {
  readonly name: string;
  /** Orders of a thousand. */
  readonly perMille: number;
  readonly submit: readonly Fault[];
  readonly cancel: readonly Fault[];
  readonly modify: readonly Fault[];
  /** What the next reads of the order list suffer. */
  readonly inquiry: readonly ('rows_missing' | 'short_page' | 'shifted_page' | 'unmarked_page')[];
  /** It reaches no book, or leaves it without a trade: nothing is to be filled. */
  readonly ends: 'absent' | 'refused' | null;
  readonly stopsFills: boolean;
  /** Milliseconds of the world from the acceptance to the first fill. */
  readonly fillsAfterMs: number;
  /** The gateway refuses before anything is done, so that the sender tries again. */
  readonly isTurnedAway: boolean;
  /** Over soon enough that an identical order beside it is not denied for waiting. */
  readonly mayBePaired: boolean;
  readonly fate: Fate | undefined;
}

export const FILLS_AFTER_MS = 400;

const fault = (kind: Fault['kind'], more: Partial<Fault> = {}): Fault => ({ kind, ms: 0, channel: 'Nsmart', ...more });
const trouble = (name: string, perMille: number, submit: readonly Fault[], more: Partial<Trouble> = {}): Trouble => ({
  name,
  perMille,
  submit,
  cancel: [],
  modify: [],
  inquiry: [],
  ends: null,
  stopsFills: more.ends !== undefined && more.ends !== null,
  fillsAfterMs: FILLS_AFTER_MS,
  isTurnedAway: false,
  mayBePaired: false,
  fate: undefined,
  ...more,
});

const PAIRED = { mayBePaired: true };
const ABSENT = { ends: 'absent', fate: 'fill' } as const;
const AGAIN = { isTurnedAway: true, stopsFills: true };
const CANCELLED = { fate: 'cancel' } as const;
const LOST = fault('lost_answer');

export const TROUBLES: readonly Trouble[] = [
  trouble('delay', 20, [fault('delay', { ms: 5_000 })], PAIRED),
  trouble('delay_before', 8, [fault('delay_before', { ms: 5_000 })]),
  trouble('lost_answer', 24, [LOST], PAIRED),
  trouble('hang_after', 10, [fault('hang_after')], PAIRED),
  trouble('error_after', 20, [fault('error_after')], PAIRED),
  trouble('garbage_after', 16, [fault('garbage_after')], PAIRED),
  trouble('timeout_after', 16, [fault('timeout_after')], PAIRED),
  trouble('hang_before', 6, [fault('hang_before')], ABSENT),
  trouble('drop_before', 6, [fault('drop_before')], ABSENT),
  trouble('error_before', 6, [fault('error_before')], ABSENT),
  trouble('garbage_before', 6, [fault('garbage_before')], ABSENT),
  trouble('timeout_before', 6, [fault('timeout_before')], ABSENT),
  trouble('rate_limit', 14, [fault('rate_limit')], { ...AGAIN, ...PAIRED }),
  trouble('ledger_limit', 10, [fault('ledger_limit')], { ...AGAIN, ...PAIRED }),
  trouble('token_expired', 6, [fault('token_expired')], AGAIN),
  trouble('hide_rows', 10, [LOST, fault('hide_rows', { ms: 12_000 })]),
  trouble('rows_missing', 6, [LOST], { inquiry: ['rows_missing'] }),
  trouble('short_page', 6, [LOST], { inquiry: ['short_page'] }),
  trouble('shifted_page', 12, [LOST], { inquiry: ['short_page', 'shifted_page'] }),
  trouble('unmarked_page', 6, [LOST], { inquiry: ['unmarked_page'] }),
  trouble('async_reject', 8, [fault('async_reject', { ms: 1_500 })], { ends: 'refused', fate: 'fill' }),
  trouble('lag_balance', 10, [fault('lag_balance', { ms: 6_000 })]),
  trouble('lose_notice', 24, [fault('lose_notice', { event: 'filled' })], { ...PAIRED, fate: 'fill' }),
  trouble('duplicate_notice', 24, [fault('duplicate_notice', { event: 'filled' })], { fate: 'part' }),
  trouble('delay_notice', 12, [fault('delay_notice', { ms: 4_000 })], PAIRED),
  trouble('swap_notices', 10, [fault('swap_notices', { ms: 3_000 })], PAIRED),
  trouble('silent_socket', 6, [fault('silent_socket')]),
  trouble('cut_socket', 8, [fault('cut_socket')]),
  trouble('foreign_api', 8, [LOST, fault('foreign_after', { channel: 'OpnAPI' })], { fate: 'fill' }),
  trouble('foreign_other', 6, [LOST, fault('foreign_before')], { fate: 'fill' }),
  trouble('late_fill', 10, [], { ...CANCELLED, cancel: [fault('late_fill', { ms: 2_000 })] }),
  trouble('slow_cancel', 10, [], { ...CANCELLED, ...PAIRED, cancel: [fault('slow_cancel', { ms: 4_000 })] }),
  trouble('cancel_lost_answer', 8, [], { ...CANCELLED, cancel: [LOST] }),
  trouble('replace_lost_answer', 8, [], { fate: 'replace', modify: [LOST] }),
  trouble('replace_delayed', 6, [], { fate: 'replace', modify: [fault('delay', { ms: 5_000 })] }),
  trouble('cancel_dropped', 6, [], { ...CANCELLED, cancel: [fault('drop_before')] }),
];

/** Misfortunes that are written into single scripts and not dealt. */
const SCRIPTED: readonly Trouble[] = [trouble('delay_long', 0, [fault('delay', { ms: 20_000 })]), trouble('never_written', 0, [], ABSENT)];

export function troubleNamed(name: string): Trouble {
  return [...TROUBLES, ...SCRIPTED].find((one) => one.name === name)!;
}
