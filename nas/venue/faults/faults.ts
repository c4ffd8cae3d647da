import { z } from 'zod';
import type { Account } from '../ledger/ledger.ts';
import { type Random, random } from '../random.ts';
import type { Environment, OrderEvent } from '../venue-order.ts';

/**
 * What can go wrong with one request. `*_after` and `lost_answer` mean that the venue has done what was asked; `drop_before`,
 * `rate_limit`, `token_expired` and `refuse` mean that it has not.
 */
export const FAULT_KINDS = [
  'delay',
  'drop_before',
  'lost_answer',
  'error_after',
  'garbage_after',
  'timeout_before',
  'timeout_after',
  'rate_limit',
  'ledger_limit',
  'token_expired',
  'rows_missing',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

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
  kind: z.enum(['lose_notice', 'duplicate_notice']),
  accountNumber: z.string().optional(),
  event: z.enum(['accepted', 'filled', 'cancelled', 'replaced', 'expired']).optional(),
  times: z.number().int().positive().default(1),
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
}

/** The script of what is to go wrong; empty unless a test or a chaos run writes into it. */
export class FaultBook {
  #requests: (RequestFault & { left: number })[] = [];
  #notices: (NoticeFault & { left: number })[] = [];
  #seeded: (SeededFaults & { chance: Random }) | null = null;
  /** Faults that have struck, by kind: what a chaos report counts. */
  readonly struck: Record<string, number> = {};

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
  }

  /** The fault that hits this request, used up by asking. */
  take(facts: RequestFacts): { kind: FaultKind; delayMs: number } | null {
    const scripted = this.#requests.find(
      (fault) =>
        fault.left > 0 &&
        (fault.environment ?? facts.environment) === facts.environment &&
        (fault.trId ?? facts.trId) === facts.trId &&
        (fault.appKey ?? facts.appKey) === facts.appKey,
    );
    if (scripted) {
      scripted.left--;
      return this.#strike(scripted.kind, scripted.delayMs);
    }
    const seeded = this.#seeded;
    if (!seeded || (seeded.trIds && !seeded.trIds.includes(facts.trId))) return null;
    if (seeded.chance.next() >= seeded.rate) return null;
    return this.#strike(seeded.kinds[seeded.chance.int(0, seeded.kinds.length - 1)]!, seeded.chance.int(50, 2_000));
  }

  /** How often a notice is sent: 0 lost, 1 normal, 2 doubled. */
  noticeCopies(account: Account, event: OrderEvent['type']): number {
    const fault = this.#notices.find(
      (candidate) =>
        candidate.left > 0 &&
        (candidate.accountNumber ?? account.accountNumber) === account.accountNumber &&
        (candidate.event ?? event) === event,
    );
    if (!fault) return 1;
    fault.left--;
    this.struck[fault.kind] = (this.struck[fault.kind] ?? 0) + 1;
    return fault.kind === 'lose_notice' ? 0 : 2;
  }

  #strike(kind: FaultKind, delayMs: number): { kind: FaultKind; delayMs: number } {
    this.struck[kind] = (this.struck[kind] ?? 0) + 1;
    return { kind, delayMs };
  }
}
