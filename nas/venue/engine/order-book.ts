/** One order as the matching engine sees it: no account, no money, only what decides priority. */
export interface BookOrder {
  readonly id: number;
  readonly owner: string;
  readonly side: 'buy' | 'sell';
  /** Null is a market order: it has no limit and comes first in an auction. */
  price: number | null;
  /** Shares still to trade. */
  open: number;
  /** Arrival number; a smaller one goes first at the same price. */
  sequence: number;
}

export interface BookLevel {
  readonly price: number;
  readonly quantity: number;
}

interface Level {
  readonly price: number;
  readonly queue: BookOrder[];
}

/** One side of a book: levels best first, orders of a level in order of arrival. */
export class BookSide {
  readonly side: 'buy' | 'sell';
  readonly levels: Level[] = [];
  constructor(side: 'buy' | 'sell') {
    this.side = side;
  }

  /** True when `a` is the better price on this side. */
  better(a: number, b: number): boolean {
    return this.side === 'buy' ? a > b : a < b;
  }

  best(): BookOrder | undefined {
    return this.levels[0]?.queue[0];
  }

  bestPrice(): number | null {
    return this.levels[0]?.price ?? null;
  }

  add(order: BookOrder & { price: number }): void {
    const at = this.#indexOf(order.price);
    const level = this.levels[at];
    if (level?.price !== order.price) {
      this.levels.splice(at, 0, { price: order.price, queue: [order] });
      return;
    }
    let place = level.queue.length;
    while (place > 0 && level.queue[place - 1]!.sequence > order.sequence) place--;
    level.queue.splice(place, 0, order);
  }

  remove(order: BookOrder): void {
    if (order.price === null) return;
    const at = this.#indexOf(order.price);
    const level = this.levels[at];
    const place = level?.price === order.price ? level.queue.indexOf(order) : -1;
    if (!level || place < 0) return;
    level.queue.splice(place, 1);
    if (level.queue.length === 0) this.levels.splice(at, 1);
  }

  depth(count: number): BookLevel[] {
    return this.levels.slice(0, count).map(({ price, queue }) => ({ price, quantity: sum(queue) }));
  }

  total(): number {
    return this.levels.reduce((total, level) => total + sum(level.queue), 0);
  }

  *orders(): Generator<BookOrder> {
    for (const level of this.levels) yield* level.queue;
  }

  /** First level that is not better than `price` (binary search). */
  #indexOf(price: number): number {
    let low = 0;
    let high = this.levels.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.better(this.levels[middle]!.price, price)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const sum = (queue: readonly BookOrder[]): number => queue.reduce((total, order) => total + order.open, 0);
