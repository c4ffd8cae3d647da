import {
  type AvgPrice,
  avgPrice,
  type Krw,
  krw,
  type Price,
  price,
  type Shares,
  type SignedKrw,
  shares,
  signedKrw,
} from '#domain/money.ts';
import { AppError } from '#lib/errors.ts';

/**
 * The one door for figures from the database. `pg` gives bigint and numeric as text, PostgREST and broadcasts as numbers; both
 * come out branded and exact, or not at all: a fraction of a won, a figure past 2^53 or a text that is no number throws.
 */

/** `why` is part of our log's sentence; the figure itself goes in the detail, as text. */
function refuse(name: string, value: unknown, why: string): never {
  const shown = typeof value === 'object' || typeof value === 'function' ? typeof value : String(value).slice(0, 60);
  throw new AppError('internal', `${name}: ${why}`, { detail: { name, value: shown } });
}

const DECIMAL = /^-?\d{1,40}(\.\d{1,40})?$/;

/** A whole number out of `123`, `"123"`, `"123.00"` or 123n. */
function whole(name: string, value: unknown): number {
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) refuse(name, value, 'is not a whole number');
    if (!Number.isSafeInteger(value)) refuse(name, value, 'is too large to be exact');
    return value + 0;
  }
  const text = typeof value === 'bigint' ? String(value) : value;
  if (typeof text !== 'string' || !DECIMAL.test(text)) refuse(name, value, 'is not a number');
  const [units = '', fraction = ''] = text.split('.');
  if (/[1-9]/.test(fraction)) refuse(name, value, 'is not a whole number');
  const number = Number(units);
  if (!Number.isSafeInteger(number)) refuse(name, value, 'is too large to be exact');
  // "-0" and "-0.00" are nought.
  return number === 0 ? 0 : number;
}

interface Schema<T> {
  safeParse(value: unknown): { readonly success: true; readonly data: T } | { readonly success: false };
}

function branded<T>(schema: Schema<T>, rule: string) {
  return (value: unknown, name: string): T => {
    const parsed = schema.safeParse(whole(name, value));
    return parsed.success ? parsed.data : refuse(name, value, rule);
  };
}

/** Null and undefined stay null; anything else must pass. */
function orNull<T>(parse: (value: unknown, name: string) => T) {
  return (value: unknown, name: string): T | null => (value === null || value === undefined ? null : parse(value, name));
}

/** Whole won, never negative. */
export const toKrw: (value: unknown, name: string) => Krw = branded(krw, 'is not an amount of won');
/** Whole won with a sign. */
export const toSignedKrw: (value: unknown, name: string) => SignedKrw = branded(signedKrw, 'is not an amount of won');
/** Whole shares, never negative. */
export const toShares: (value: unknown, name: string) => Shares = branded(shares, 'is not a number of shares');
/** Won a share as the exchange quotes it: whole and positive. */
export const toPrice: (value: unknown, name: string) => Price = branded(price, 'is not a price');

export const toKrwOrNull = orNull(toKrw);
export const toSignedKrwOrNull = orNull(toSignedKrw);
export const toSharesOrNull = orNull(toShares);
export const toPriceOrNull = orNull(toPrice);

/** A finite number that is not money: rates, weights, percentages. Text keeps what a double can hold. */
export function toFinite(value: unknown, name: string): number {
  const number = typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) refuse(name, value, 'is not a number');
  return number === 0 ? 0 : number;
}

/** A rate as a fraction (0.05 is five per cent); `numeric(12,8)` holds at most four digits before the point. */
export function toRate(value: unknown, name: string): number {
  const rate = toFinite(value, name);
  return Math.abs(rate) < 10_000 ? rate : refuse(name, value, 'is not a rate');
}
export const toRateOrNull = orNull(toRate);

/** Average won a share, for display only. */
export function toAvgPrice(value: unknown, name: string): AvgPrice {
  const parsed = avgPrice.safeParse(toFinite(value, name));
  return parsed.success ? parsed.data : refuse(name, value, 'is not an average price');
}
export const toAvgPriceOrNull = orNull(toAvgPrice);
