import type { Environment, VenueOrder } from './venue-order.ts';

const NOTHING: readonly VenueOrder[] = [];

/** Every request of every account in order of arrival, with the ways by which it is looked up. */
export class OrderStore {
  readonly all: VenueOrder[] = [];
  readonly #byId = new Map<number, VenueOrder>();
  readonly #byAccount = new Map<string, VenueOrder[]>();
  readonly #byNumber = new Map<string, VenueOrder>();
  readonly #working = new Set<VenueOrder>();
  readonly #nextNumber = { real: 1, paper: 1 };
  #nextId = 1;

  /** An id of the engine; background orders draw from the same row. */
  newId(): number {
    return this.#nextId++;
  }

  /** Ten digits, one row of numbers a day and environment. */
  newNumber(environment: Environment): string {
    return String(this.#nextNumber[environment]++).padStart(10, '0');
  }

  /** Order numbers restart each day. */
  restartNumbers(): void {
    this.#nextNumber.real = this.#nextNumber.paper = 1;
  }

  add(order: VenueOrder): void {
    this.all.push(order);
    this.#byId.set(order.id, order);
    const own = this.#byAccount.get(order.accountId);
    if (own) own.push(order);
    else this.#byAccount.set(order.accountId, [order]);
    this.#byNumber.set(numberKey(order.accountId, order.day, order.orderNumber), order);
    if (order.status === 'working') this.#working.add(order);
  }

  /** An order of a snapshot: ids and today's numbers go on behind it. */
  restore(order: VenueOrder, today: string): void {
    this.add(order);
    this.#nextId = Math.max(this.#nextId, order.id + 1);
    if (order.day !== today) return;
    this.#nextNumber[order.environment] = Math.max(this.#nextNumber[order.environment], Number(order.orderNumber) + 1);
  }

  byId(id: number): VenueOrder {
    return this.#byId.get(id)!;
  }

  /** Orders of an account, oldest first. */
  of(accountId: string): readonly VenueOrder[] {
    return this.#byAccount.get(accountId) ?? NOTHING;
  }

  /** By the number a client names; KIS compares the value, not the zeros before it. */
  find(accountId: string, day: string, orderNumber: string): VenueOrder | undefined {
    return this.#byNumber.get(numberKey(accountId, day, orderNumber));
  }

  /** Orders that still work, oldest first. */
  *working(): Generator<VenueOrder> {
    for (const order of this.#working) {
      if (order.status === 'working') yield order;
      else this.#working.delete(order);
    }
  }
}

const numberKey = (accountId: string, day: string, orderNumber: string): string => `${accountId}|${day}|${Number(orderNumber)}`;
