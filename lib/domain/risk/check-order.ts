import type { Side } from '#domain/order/order.ts';
import { type DenialCode, type DenialNumbers, denialAdvice, denialReason } from '#domain/risk/denials.ts';
import {
  checkCash,
  checkClock,
  checkCollar,
  checkDailyAmount,
  checkDailyOrders,
  checkDataAge,
  checkEntryHalt,
  checkExpired,
  checkGross,
  checkLoss,
  checkOrderAmount,
  checkPosition,
  checkPositionProved,
  checkRate,
  checkRestricted,
  checkUnknownOrder,
  checkVi,
  checkVolumeShare,
} from '#domain/risk/entry-checks.ts';
import type { GateInput } from '#domain/risk/gate-input.ts';
import { type Note, notesOn } from '#domain/risk/notes.ts';
import {
  type Check,
  checkDuplicate,
  checkExactAmount,
  checkHalt,
  checkPrice,
  checkPriceLimits,
  checkQuantity,
  checkSelfCross,
  checkSellable,
  checkSession,
  checkTick,
  checkTradable,
  type Finding,
} from '#domain/risk/order-checks.ts';

/** A refusal a person can read: the code, its figures, both sentences, and what to change. */
export interface Denial {
  readonly code: DenialCode;
  readonly numbers: DenialNumbers;
  readonly ko: string;
  readonly en: string;
  readonly whatToChange: { readonly ko: string; readonly en: string };
}

export type GateVerdict =
  | { readonly ok: true; readonly notes: readonly Note[] }
  | { readonly ok: false; readonly denials: readonly Denial[]; readonly notes: readonly Note[] };

/** An entry raises exposure; an exit sells what we hold. Cancels never come here: nothing keeps a person from cancelling. */
export function purposeOf(side: Side): 'entry' | 'exit' {
  return side === 'buy' ? 'entry' : 'exit';
}

interface Rule {
  readonly name: string;
  /** `entry`: binds buys only. Nothing here may keep a person from leaving a position (ORDERS §5). */
  readonly binds: 'all' | 'entry';
  readonly check: Check;
}
const all = (name: string, check: Check): Rule => ({ name, binds: 'all', check });
const entry = (name: string, check: Check): Rule => ({ name, binds: 'entry', check });

/** Without these the others have nothing to reckon with: the first fault is told alone. */
const SHAPE: readonly Check[] = [checkQuantity, checkPrice, checkExactAmount];

/** The gate in its order (ORDERS §5). Permission, account and lease are SQL's part. */
export const RULES: readonly Rule[] = [
  all('halt', checkHalt),
  entry('entry halt', checkEntryHalt),
  entry('clock', checkClock),
  all('session', checkSession),
  all('tradable', checkTradable),
  entry('restricted', checkRestricted),
  entry('volatility interruption', checkVi),
  all('tick', checkTick),
  all('price limits', checkPriceLimits),
  entry('collar', checkCollar),
  entry('data age', checkDataAge),
  entry('unknown order', checkUnknownOrder),
  entry('position proved', checkPositionProved),
  entry('limits expired', checkExpired),
  entry('order amount', checkOrderAmount),
  entry('position', checkPosition),
  entry('gross', checkGross),
  entry('daily amount', checkDailyAmount),
  entry('daily orders', checkDailyOrders),
  entry('loss', checkLoss),
  entry('share of volume', checkVolumeShare),
  entry('rate', checkRate),
  all('self-cross', checkSelfCross),
  all('duplicate', checkDuplicate),
  entry('cash', checkCash),
  all('sellable', checkSellable),
];

/** The gate's TypeScript layer: binds before the send, advises in the ticket, and is the same in back-test and paper. */
export function checkOrder(input: GateInput): GateVerdict {
  const notes = notesOn(input);
  const misshapen = firstFinding(SHAPE, input);
  const findings = misshapen ? [misshapen] : rulesFor(input).flatMap((rule) => rule.check(input) ?? []);
  return findings.length === 0 ? { ok: true, notes } : { ok: false, denials: findings.map(toDenial), notes };
}

function firstFinding(checks: readonly Check[], input: GateInput): Finding | null {
  for (const check of checks) {
    const finding = check(input);
    if (finding) return finding;
  }
  return null;
}

function rulesFor(input: GateInput): readonly Rule[] {
  return purposeOf(input.order.side) === 'entry' ? RULES : RULES.filter((rule) => rule.binds === 'all');
}

/** A finding with its sentences. */
export function toDenial({ code, numbers }: Finding): Denial {
  return {
    code,
    numbers,
    ko: denialReason(code, numbers, 'ko'),
    en: denialReason(code, numbers, 'en'),
    whatToChange: { ko: denialAdvice(code, numbers, 'ko'), en: denialAdvice(code, numbers, 'en') },
  };
}
