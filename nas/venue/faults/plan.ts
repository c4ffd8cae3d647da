import { z } from 'zod';
import { hashSeed, random } from '../random.ts';
import type { VenueOrder } from '../venue-order.ts';
import { FAULT_KINDS, type FaultKind, ORDER_EVENTS, ORDER_FAULT_KINDS, type OrderFaultKind } from './kinds.ts';

/** One misfortune of one order. Times are milliseconds of the venue's clock. */
export const plannedFault = z.strictObject({
  kind: z.enum([...FAULT_KINDS, ...ORDER_FAULT_KINDS]),
  ms: z.number().int().nonnegative().default(0),
  /** Shares; all that is open when absent. */
  quantity: z.number().int().positive().optional(),
  /** Where a foreign order comes from: HTS and MTS (`Nsmart`), or another program with the account's key (`OpnAPI`). */
  channel: z.enum(['OpnAPI', 'Nsmart']).default('Nsmart'),
  /** Notice faults: only this event of the order. */
  event: z.enum(ORDER_EVENTS).optional(),
});
export type PlannedFault = z.output<typeof plannedFault>;

const REQUESTS = ['submit', 'cancel', 'modify'] as const;
export type OrderRequest = (typeof REQUESTS)[number];

/**
 * What is to happen to one request. An order is named by its look and by how many of that look the account has sent before it,
 * never by time or number: the same plan strikes the same orders however the requests of many accounts interleave.
 */
export const planEntry = z.strictObject({
  on: z.enum(REQUESTS).default('submit'),
  /** `paper:50000001-01`. */
  account: z.string(),
  symbol: z.string(),
  side: z.enum(['buy', 'sell']),
  quantity: z.number().int().positive(),
  /** Won; 0 for an order without a price. A cancel or a modify is named by the order it changes. */
  price: z.number().int().nonnegative(),
  occurrence: z.number().int().positive().default(1),
  /** The how-manieth request for that order: a new order sent again after the gateway refused it, a second cancel. */
  attempt: z.number().int().positive().default(1),
  faults: z.array(plannedFault).min(1),
});
export type PlanEntry = z.output<typeof planEntry>;

const chances = z.partialRecord(z.enum([...FAULT_KINDS, ...ORDER_FAULT_KINDS]), z.number().min(0).max(1));

/** Misfortune by lot: each kind strikes a request with its own chance, drawn from the seed and the order's look and occurrence. */
export const planLots = z.strictObject({
  seed: z.number().int(),
  submit: chances.default({}),
  cancel: chances.default({}),
  modify: chances.default({}),
  /** Bounds of every `ms` that is drawn. */
  ms: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]).default([50, 3_000]),
  channel: z.enum(['OpnAPI', 'Nsmart']).default('Nsmart'),
});
export type PlanLots = z.output<typeof planLots>;

/** The look of an order: what two orders of one account must share to be taken for each other. */
export interface OrderLook {
  readonly account: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  readonly price: number;
}

/** A request as the plan sees it, with what has been planned for it. */
export interface PlannedRequest extends OrderLook {
  readonly on: OrderRequest;
  readonly occurrence: number;
  readonly attempt: number;
  readonly faults: readonly PlannedFault[];
}

/** Faults by order. Every order request asks exactly once. */
export class OrderPlan {
  readonly #entries = new Map<string, PlannedFault[]>();
  readonly #seen = new Map<string, number>();
  #lots: PlanLots | null = null;

  add(entry: z.input<typeof planEntry>): void {
    const parsed = planEntry.parse(entry);
    const key = requestKey(parsed);
    this.#entries.set(key, [...(this.#entries.get(key) ?? []), ...parsed.faults]);
  }

  byLots(lots: z.input<typeof planLots>): void {
    this.#lots = planLots.parse(lots);
  }

  /** Forgets what is planned; occurrences go on counting. */
  clear(): void {
    this.#entries.clear();
    this.#lots = null;
  }

  submit(look: OrderLook): PlannedRequest {
    const occurrence = this.#count(lookKey(look));
    const attempt = this.#count(`${lookKey(look)}|${occurrence}`);
    return this.#plan({ ...look, on: 'submit', occurrence, attempt });
  }

  /** The gateway refused the request before anything was done (rate, token): a client may send it again, and that is the same order. */
  giveBack(request: PlannedRequest): void {
    if (request.on === 'submit') this.#seen.set(lookKey(request), request.occurrence - 1);
  }

  change(on: 'cancel' | 'modify', order: VenueOrder): PlannedRequest {
    const { accountId: account, symbol, side, quantity, price, occurrence } = order;
    const attempt = this.#count(`${on}|${order.id}`);
    return this.#plan({ account, symbol, side, quantity, price, on, occurrence, attempt });
  }

  #count(key: string): number {
    const count = (this.#seen.get(key) ?? 0) + 1;
    this.#seen.set(key, count);
    return count;
  }

  #plan(request: Omit<PlannedRequest, 'faults'>): PlannedRequest {
    const key = requestKey(request);
    return { ...request, faults: [...(this.#entries.get(key) ?? []), ...this.#drawn(request, key)] };
  }

  #drawn(request: Omit<PlannedRequest, 'faults'>, key: string): PlannedFault[] {
    const lots = this.#lots;
    if (!lots) return [];
    return Object.entries(lots[request.on]).flatMap(([kind, chance]) => {
      const lot = random(hashSeed(lots.seed, key, kind));
      if (lot.next() >= chance) return [];
      const [low, high] = lots.ms;
      return [
        { kind: kind as FaultKind | OrderFaultKind, ms: lot.int(low, high), quantity: lot.int(1, request.quantity), channel: lots.channel },
      ];
    });
  }
}

const lookKey = ({ account, symbol, side, quantity, price }: OrderLook): string => [account, symbol, side, quantity, price].join('|');
const requestKey = (request: OrderLook & { on: OrderRequest; occurrence: number; attempt: number }): string =>
  [request.on, lookKey(request), request.occurrence, request.attempt].join('|');
