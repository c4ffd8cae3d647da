import { ceilToTick, stepTicks, tickTable } from '#domain/market/ticks.ts';
import type { ListedSymbol } from '#nas/trading/testing/list-market.ts';
import type { PlanEntry } from '#nas/venue/faults/plan.ts';
import { hashSeed, type Random, random } from '#nas/venue/random.ts';
import { CHAOS_DAY } from './time.ts';
import { FILLS_AFTER_MS, TROUBLES, type Trouble } from './troubles.ts';

/** What the script wants to become of an order. */
export type Fate = 'fill' | 'part' | 'cancel' | 'replace' | 'deny';

export interface PlannedOrder {
  /** Also its place in the run, so the same seed gives the same key. */
  readonly intentKey: string;
  readonly account: number;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  /** Won a share. */
  readonly price: number;
  readonly fate: Fate;
  /** Shares that trade before anybody cancels. */
  readonly fills: readonly number[];
  readonly trouble: Trouble | null;
  readonly isPaired: boolean;
  /** 정정: what is left is moved to this price once the fills are in, and trades there. */
  readonly change: { readonly intentKey: string; readonly price: number } | null;
}
/** Orders of one account that are in flight together; the next step begins when this one is over. */
export interface Step {
  readonly account: number;
  readonly orders: readonly PlannedOrder[];
}

/** What becomes of a hundred single orders. */
const FATES: readonly (readonly [Fate, number])[] = [
  ['deny', 2],
  ['part', 14],
  ['cancel', 16],
  ['replace', 8],
  ['fill', 60],
];

/** The whole run, decided before it begins: exact shares by dealt decks, so that small runs hold the percentages as well. */
export function planSteps(input: {
  orders: number;
  /** How many of the steps are two identical orders at once. */
  pairs: number;
  /** Of these the shares of the misfortunes are reckoned. */
  ofOrders: number;
  seed: number;
  accounts: number;
  symbolsOf(account: number): readonly ListedSymbol[];
}): Step[] {
  const { orders, pairs, seed, accounts } = input;
  const chance = random(hashSeed('chaos', seed));
  const singles = orders - 2 * pairs;
  const troubles = deal(
    chance,
    orders,
    TROUBLES.map((trouble) => [trouble, Math.ceil((input.ofOrders * trouble.perMille) / 1_000)] as const),
  );
  const gentle = troubles.filter((trouble) => trouble === null || trouble.mayBePaired);
  const rough = troubles.filter((trouble) => trouble !== null && !trouble.mayBePaired);
  const ofPairs = gentle.slice(0, 2 * pairs);
  // What no pair can bear comes anywhere among the singles, not before everything else.
  const ofSingles = shuffle(chance, [...rough, ...gentle.slice(2 * pairs)]);
  const steps: Step[] = [];
  let count = 0;
  const add = (size: 1 | 2, given: readonly (Trouble | null)[]): void => {
    const account = steps.length % accounts;
    const listed = pick(chance, input.symbolsOf(account));
    const side = chance.next() < 0.5 ? 'buy' : 'sell';
    // No two steps of an account look alike, so a look at the venue tells the step.
    const quantity = 10 + Math.floor(steps.length / accounts);
    const fate = given.map((trouble) => trouble?.fate).find((wanted) => wanted !== undefined) ?? fateOf(chance, size, given.some(Boolean));
    const price = priceOf(chance, listed, side, fate);
    const fills = fillsOf(chance, fate, quantity);
    const orders = given.map((trouble): PlannedOrder => {
      count += 1;
      const common = { account, symbol: listed.symbol, quantity, price, fate, fills, isPaired: size === 2 };
      const change = changeOf(seed, count, listed, side, price, fate);
      return { ...common, intentKey: keyOf(seed, count), side: fate === 'deny' ? 'buy' : side, trouble, change };
    });
    steps.push({ account, orders });
  };
  const sizes = shuffle(chance, [...Array<1 | 2>(singles).fill(1), ...Array<1 | 2>(pairs).fill(2)]);
  for (const size of sizes) {
    const deck = size === 1 ? ofSingles : ofPairs;
    add(size, deck.splice(0, size));
  }
  return steps;
}

/** One order of a script of its own (a kill, a halt), shaped by the same rules. */
export function planSingle(input: {
  seed: number;
  count: number;
  account: number;
  listed: ListedSymbol;
  /** Makes its look its own within the account. */
  quantity: number;
  fate: Fate;
  trouble: Trouble | null;
  isBuy?: boolean;
}): Step {
  const { seed, count, account, listed, quantity, fate, trouble } = input;
  const chance = random(hashSeed('single', seed, count));
  const side = fate !== 'deny' && chance.next() < 0.5 && !input.isBuy ? 'sell' : 'buy';
  const price = priceOf(chance, listed, side, fate);
  const fills = fillsOf(chance, fate, quantity);
  const change = changeOf(seed, count, listed, side, price, fate);
  const order = { account, symbol: listed.symbol, side, quantity, price, fate, fills, trouble, isPaired: false, change } as const;
  return { account, orders: [{ ...order, intentKey: keyOf(seed, count) }] };
}

/** What the venue is told of a step before the run: fills and misfortunes of each order, named by its look. */
export function venuePlan(step: Step, accountId: string): PlanEntry[] {
  return step.orders.flatMap((order, index): PlanEntry[] => {
    const { symbol, side, quantity, price, fate, trouble } = order;
    if (fate === 'deny') return [];
    const look = { account: accountId, symbol, side, quantity, price, occurrence: index + 1, attempt: 1 };
    const fault = (kind: PlanEntry['faults'][number]['kind'], more: object = {}) => ({ kind, ms: 0, channel: 'Nsmart' as const, ...more });
    const fills = order.fills.map((shares, at) =>
      fault('fill', { quantity: shares, ms: (trouble?.fillsAfterMs ?? FILLS_AFTER_MS) + 900 * at }),
    );
    const submit = [...(trouble?.submit ?? []), ...(trouble?.stopsFills ? [] : fills)];
    // A request that the gateway turned away is sent again, and that one is to be filled.
    const again = trouble?.isTurnedAway ? [{ ...look, on: 'submit' as const, attempt: 2, faults: fills }] : [];
    const cancel = (trouble?.cancel ?? []).map((planned) => ({
      ...planned,
      ...(planned.kind === 'late_fill' && { quantity: lateFill(order) }),
    }));
    const left = quantity - order.fills.reduce((sum, shares) => sum + shares, 0);
    const modify = order.change ? [...(trouble?.modify ?? []), fault('fill', { quantity: left, ms: 800 })] : [];
    return [
      { ...look, on: 'submit' as const, faults: submit },
      ...again,
      { ...look, on: 'modify' as const, faults: modify },
      { ...look, on: 'cancel' as const, faults: cancel },
    ].filter(({ faults }) => faults.length > 0);
  });
}

/** Shares that a late fill takes before the cancel takes effect. */
export function lateFill(order: PlannedOrder): number {
  return Math.max(1, Math.floor(order.quantity / 3));
}

/** What the script wants the order, and what replaces it, to have traded in the end. */
export function wantedShares(order: PlannedOrder): number {
  if (order.trouble?.ends) return 0;
  if (order.change) return order.quantity;
  const late = order.trouble?.cancel.some(({ kind }) => kind === 'late_fill') ? lateFill(order) : 0;
  return order.fills.reduce((sum, shares) => sum + shares, 0) + late;
}

/** Passive by a few ticks, so that no two orders of the script meet; a price that the gate must refuse lies far inside the limits. */
function priceOf(chance: Random, { basePrice, market }: ListedSymbol, side: 'buy' | 'sell', fate: Fate): number {
  const table = tickTable({ day: CHAOS_DAY, kind: 'stock', market: market as 'KOSPI' });
  const away = chance.int(1, 5);
  return fate === 'deny' ? ceilToTick(basePrice * 1.2, table) : stepTicks(basePrice, side === 'buy' ? -away : away, table);
}

/** Keys of changes, beside those of the orders they change. */
const CHANGES_FROM = 0x8000000;

function changeOf(
  seed: number,
  count: number,
  listed: ListedSymbol,
  side: 'buy' | 'sell',
  price: number,
  fate: Fate,
): PlannedOrder['change'] {
  if (fate !== 'replace') return null;
  const table = tickTable({ day: CHAOS_DAY, kind: 'stock', market: listed.market as 'KOSPI' });
  return { intentKey: keyOf(seed, CHANGES_FROM + count), price: stepTicks(price, side === 'buy' ? -2 : 2, table) };
}

function fateOf(chance: Random, size: 1 | 2, hasTrouble: boolean): Fate {
  if (size === 2) return chance.next() < 0.75 ? 'fill' : 'cancel';
  let lot = chance.int(1, 100);
  for (const [fate, share] of FATES) {
    lot -= share;
    if (lot <= 0) return fate === 'deny' && hasTrouble ? 'fill' : fate;
  }
  return 'fill';
}

function fillsOf(chance: Random, fate: Fate, quantity: number): number[] {
  if (fate === 'part') return [chance.int(1, Math.floor(quantity / 2))];
  if (fate === 'replace') return chance.next() < 0.5 ? [] : [chance.int(1, Math.floor(quantity / 2))];
  if (fate !== 'fill') return [];
  if (chance.next() < 0.5) return [quantity];
  const first = chance.int(1, quantity - 1);
  return [first, quantity - first];
}

/** `total` cards, of which each named one is dealt as often as told; the others are blank. */
function deal<T>(chance: Random, total: number, named: readonly (readonly [T, number])[]): (T | null)[] {
  const cards = named.flatMap(([card, times]) => Array<T | null>(times).fill(card));
  return shuffle(chance, [...cards, ...Array<T | null>(Math.max(0, total - cards.length)).fill(null)]);
}

function shuffle<T>(chance: Random, cards: readonly T[]): T[] {
  const mixed = [...cards];
  for (let at = mixed.length - 1; at > 0; at--) {
    const other = chance.int(0, at);
    [mixed[at], mixed[other]] = [mixed[other] as T, mixed[at] as T];
  }
  return mixed;
}

const pick = <T>(chance: Random, list: readonly T[]): T => list[chance.int(0, list.length - 1)] as T;

/** A uuid that says which order of which run it is. */
export function keyOf(seed: number, count: number): string {
  return `00000000-0000-4000-8000-${(hashSeed('intent', seed) % 0xffff).toString(16).padStart(4, '0')}${count.toString(16).padStart(8, '0')}`;
}
