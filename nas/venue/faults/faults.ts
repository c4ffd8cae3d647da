import { z } from 'zod';
import type { Account } from '../ledger/ledger.ts';
import { type Random, random } from '../random.ts';
import type { Environment, OrderEvent, VenueOrder } from '../venue-order.ts';
import { Disguise } from './disguise.ts';
import { CONTINUATION_ONLY, FAULT_KINDS, type FaultKind, NOTICE_FAULT_KINDS, type NoticeFaultKind, ORDER_EVENTS } from './kinds.ts';
import { OrderPlan, type PlannedFault, type PlannedRequest } from './plan.ts';

export const requestFault = z.strictObject({
  kind: z.enum(FAULT_KINDS),
  environment: z.enum(['real', 'paper']).optional(),
  /** Only this TR, e.g. VTTC0012U; `tokenP` for the token. */
  trId: z.string().optional(),
  appKey: z.string().optional(),
  /** How many matching requests it hits; 1 unless told. */
  times: z.number().int().positive().default(1),
  /** `delay`: milliseconds of the machine's clock before the answer; processing happens at once. */
  delayMs: z.number().int().nonnegative().max(600_000).default(1_000),
});
export type RequestFault = z.infer<typeof requestFault>;

export const noticeFault = z.strictObject({
  kind: z.enum(NOTICE_FAULT_KINDS),
  accountNumber: z.string().optional(),
  event: z.enum(ORDER_EVENTS).optional(),
  times: z.number().int().positive().default(1),
  /** `delay_notice`, `swap_notices`: milliseconds of the venue's clock. */
  ms: z.number().int().nonnegative().default(1_000),
});
export type NoticeFault = z.infer<typeof noticeFault>;

/** Faults by lot: each matching request is hit with probability `rate`; the lot is drawn from `seed`. */
export const seededFaults = z.strictObject({
  seed: z.number().int(),
  rate: z.number().min(0).max(1),
  kinds: z.array(z.enum(FAULT_KINDS)).min(1),
  trIds: z.array(z.string()).optional(),
});
export type SeededFaults = z.infer<typeof seededFaults>;

export interface RequestFacts {
  readonly environment: Environment;
  readonly trId: string;
  readonly appKey: string | undefined;
  /** The request asks for a following page. */
  readonly isContinuation?: boolean;
  /** What the plan says about an order request. */
  readonly planned?: PlannedRequest | null;
}

/** A fault that has struck a request. */
export interface Strike {
  readonly kind: FaultKind;
  readonly delayMs: number;
  /** `delayMs` is the venue's time; otherwise the machine's. */
  readonly isVenueTime: boolean;
  /** A scripted fault can be left to the next request, where this one turned out to be none for it. */
  readonly giveBack?: () => void;
}

/** A planned fault that has struck, for whoever counts them: never told over the brokers' wire. */
export interface PlannedStrike extends Omit<PlannedRequest, 'faults'> {
  readonly kind: string;
}

/** What becomes of one notice. */
export interface NoticeFate {
  readonly copies: number;
  /** Milliseconds of the venue's clock until it is sent. */
  readonly holdMs: number;
  /** It goes out with the account's next notice, if that comes earlier. */
  readonly untilNext: boolean;
}
/** How long a swapped notice waits for a next one when nobody says. */
const LONGEST_SWAP_MS = 2_000;
const AS_USUAL: NoticeFate = { copies: 1, holdMs: 0, untilNext: false };

/** The script of what is to go wrong; empty unless a test or a chaos run writes into it. */
export class FaultBook {
  #requests: (RequestFault & { left: number })[] = [];
  #notices: (NoticeFault & { left: number })[] = [];
  #seeded: (SeededFaults & { chance: Random }) | null = null;
  readonly #noticesOfOrder = new Map<number, { fault: PlannedFault; request: PlannedRequest }[]>();
  /** Faults of single orders. */
  readonly plan = new OrderPlan();
  readonly disguise = new Disguise();
  /** Faults that have struck, by kind: what a chaos report counts. */
  readonly struck: Record<string, number> = {};
  /** Every planned fault that has struck, in the order it did. */
  readonly strikes: PlannedStrike[] = [];

  onRequest(fault: z.input<typeof requestFault>): void {
    const parsed = requestFault.parse(fault);
    this.#requests.push({ ...parsed, left: parsed.times });
  }

  onNotice(fault: z.input<typeof noticeFault>): void {
    const parsed = noticeFault.parse(fault);
    this.#notices.push({ ...parsed, left: parsed.times });
  }

  bySeed(settings: SeededFaults): void {
    const parsed = seededFaults.parse(settings);
    this.#seeded = { ...parsed, chance: random(parsed.seed) };
  }

  clear(): void {
    this.#requests = [];
    this.#notices = [];
    this.#seeded = null;
    this.#noticesOfOrder.clear();
    this.plan.clear();
  }

  /** The fault that hits this request, used up by asking. */
  take(facts: RequestFacts): Strike | null {
    const planned = facts.planned?.faults.find(({ kind }) => isRequestKind(kind));
    if (planned) {
      this.strike(planned.kind, facts.planned!);
      return { kind: planned.kind as FaultKind, delayMs: planned.ms, isVenueTime: true };
    }
    const isPossible = (kind: FaultKind): boolean => facts.isContinuation === true || !CONTINUATION_ONLY.includes(kind);
    const scripted = this.#requests.find(
      (fault) =>
        fault.left > 0 &&
        (fault.environment ?? facts.environment) === facts.environment &&
        (fault.trId ?? facts.trId) === facts.trId &&
        (fault.appKey ?? facts.appKey) === facts.appKey &&
        isPossible(fault.kind),
    );
    if (scripted) {
      scripted.left--;
      if (scripted.left === 0) this.#requests.splice(this.#requests.indexOf(scripted), 1);
      const giveBack = (): void => {
        scripted.left++;
        if (!this.#requests.includes(scripted)) this.#requests.unshift(scripted);
        this.struck[scripted.kind]! -= 1;
      };
      return { ...this.#struckBy(scripted.kind, scripted.delayMs), giveBack };
    }
    const seeded = this.#seeded;
    if (!seeded || (seeded.trIds && !seeded.trIds.includes(facts.trId))) return null;
    if (seeded.chance.next() >= seeded.rate) return null;
    const kind = seeded.kinds[seeded.chance.int(0, seeded.kinds.length - 1)]!;
    const delayMs = seeded.chance.int(50, 2_000);
    return isPossible(kind) ? this.#struckBy(kind, delayMs) : null;
  }

  /** Counts a fault; with a request also which order it struck. */
  strike(kind: string, request?: PlannedRequest): void {
    this.struck[kind] = (this.struck[kind] ?? 0) + 1;
    if (!request) return;
    const { faults: _, ...rest } = request;
    this.strikes.push({ ...rest, kind });
  }

  /** A planned fault of one order's notices; it strikes once, at the first event it speaks of. */
  onNoticeOf(order: VenueOrder, fault: PlannedFault, request: PlannedRequest): void {
    const known = this.#noticesOfOrder.get(order.id) ?? [];
    this.#noticesOfOrder.set(order.id, [...known, { fault, request }]);
  }

  noticeFate(account: Account, event: OrderEvent): NoticeFate {
    const own = this.#noticesOfOrder.get(event.order.id);
    const at = own?.findIndex(({ fault }) => (fault.event ?? event.type) === event.type) ?? -1;
    if (own && at >= 0) {
      const [{ fault, request }] = own.splice(at, 1) as [{ fault: PlannedFault; request: PlannedRequest }];
      this.strike(fault.kind, request);
      return fateOf(fault.kind as NoticeFaultKind, fault.ms);
    }
    const scripted = this.#notices.find(
      (candidate) =>
        candidate.left > 0 &&
        (candidate.accountNumber ?? account.accountNumber) === account.accountNumber &&
        (candidate.event ?? event.type) === event.type,
    );
    if (!scripted) return AS_USUAL;
    scripted.left--;
    this.strike(scripted.kind);
    return fateOf(scripted.kind, scripted.ms);
  }

  #struckBy(kind: FaultKind, delayMs: number): Strike {
    this.strike(kind);
    return { kind, delayMs, isVenueTime: false };
  }
}

const isRequestKind = (kind: string): boolean => FAULT_KINDS.some((known) => known === kind);

function fateOf(kind: NoticeFaultKind, ms: number): NoticeFate {
  switch (kind) {
    case 'lose_notice':
      return { ...AS_USUAL, copies: 0 };
    case 'duplicate_notice':
      return { ...AS_USUAL, copies: 2 };
    case 'delay_notice':
      return { ...AS_USUAL, holdMs: ms };
    case 'swap_notices':
      return { copies: 1, holdMs: ms || LONGEST_SWAP_MS, untilNext: true };
  }
}
