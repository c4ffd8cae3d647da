import type { Account } from '../ledger/ledger.ts';
import type { VenueOrder } from '../venue-order.ts';

/** What the account inquiries do not show yet. The venue's own books and the judge are never behind. */
export class Disguise {
  readonly #hiddenUntil = new Map<number, number>();
  readonly #lagOnFill = new Map<number, number>();
  readonly #pictures = new Map<string, { account: Account; until: number }>();

  hide(order: VenueOrder, until: number): void {
    this.#hiddenUntil.set(order.id, Math.max(until, this.#hiddenUntil.get(order.id) ?? 0));
  }

  isHidden(order: VenueOrder, now: number): boolean {
    const until = this.#hiddenUntil.get(order.id);
    if (until === undefined) return false;
    if (now < until) return true;
    this.#hiddenUntil.delete(order.id);
    return false;
  }

  /** The first fill of this order will reach the balance `ms` late. */
  lagOnFill(order: VenueOrder, ms: number): void {
    this.#lagOnFill.set(order.id, ms);
  }

  /** To be told before a fill is booked: keeps the picture the balance goes on showing. `always` lags every fill of every order. */
  beforeFill(order: VenueOrder, account: Account, now: number, always: number): void {
    const lag = Math.max(always, this.#lagOnFill.get(order.id) ?? 0);
    this.#lagOnFill.delete(order.id);
    const known = this.#pictures.get(account.id);
    if (lag === 0 || (known && known.until > now)) return;
    this.#pictures.set(account.id, { account: structuredClone(account), until: now + lag });
  }

  /** The account as its balance shows it. */
  shown(account: Account, now: number): Account {
    const picture = this.#pictures.get(account.id);
    if (!picture) return account;
    if (now < picture.until) return picture.account;
    this.#pictures.delete(account.id);
    return account;
  }
}
