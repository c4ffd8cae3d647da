/** What a number means. Comparing different meanings (`RSI > close`) is a mistake in the document, not a strategy. */
export const UNITS = ['price', 'shares', 'won', 'ratio', 'index', 'count', 'number'] as const;
export type Unit = (typeof UNITS)[number];

export const UNIT_NAMES: Readonly<Record<Unit, { ko: string; en: string }>> = {
  price: { ko: '가격(원)', en: 'a price (won a share)' },
  shares: { ko: '수량(주)', en: 'a number of shares' },
  won: { ko: '금액(원)', en: 'an amount (won)' },
  ratio: { ko: '비율', en: 'a ratio' },
  index: { ko: '지수(0–100)', en: 'an index (0–100)' },
  count: { ko: '개수', en: 'a count' },
  number: { ko: '숫자', en: 'a plain number' },
};

/** A plain number may be compared with anything; otherwise both sides must mean the same. */
export function areComparable(a: Unit, b: Unit): boolean {
  return a === b || a === 'number' || b === 'number';
}

/** The unit of a sum, difference, minimum or maximum; null when the two cannot be added. */
export function unitOfSum(a: Unit, b: Unit): Unit | null {
  if (!areComparable(a, b)) return null;
  return a === 'number' ? b : a;
}

/** The unit of a product; an unusual product is a plain number. */
export function unitOfProduct(a: Unit, b: Unit): Unit {
  if (a === 'number' || a === 'ratio') return b;
  if (b === 'number' || b === 'ratio') return a;
  if ((a === 'price' && b === 'shares') || (a === 'shares' && b === 'price')) return 'won';
  return 'number';
}

/** The unit of a quotient: like ÷ like is a ratio, won ÷ shares a price. */
export function unitOfQuotient(a: Unit, b: Unit): Unit {
  if (b === 'number' || b === 'ratio') return a;
  if (a === b) return 'ratio';
  if (a === 'won' && b === 'shares') return 'price';
  if (a === 'won' && b === 'price') return 'shares';
  return 'number';
}
