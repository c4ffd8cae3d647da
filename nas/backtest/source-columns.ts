import { AppError } from '#lib/errors.ts';

/** Names a column may have in a file, in lower case: tidy OHLCV, marcap (`ChagesRatio` is its own spelling), snapshots and Korean headers. */
const ALIASES = {
  t: ['date', 'ts_kst', 'datetime', 'time', 'snapshot_kst', '날짜', '일자'],
  code: ['code', 'symbol', '종목코드'],
  name: ['name', '종목명'],
  market: ['market', '시장구분'],
  open: ['open', '시가'],
  high: ['high', '고가'],
  low: ['low', '저가'],
  close: ['close', 'last_price', '종가'],
  volume: ['volume', 'cum_volume', '거래량'],
  value: ['value', 'amount', 'cum_value', '거래대금'],
  market_cap: ['market_cap', 'marcap', '시가총액'],
  listed_shares: ['listed_shares', 'stocks', '상장주식수'],
  change: ['change', 'changes', '대비'],
  /** Net asset value a share: only funds have one. */
  nav: ['nav'],
  /** Place of a bar in its day (0 = the first), where a file lost the clock time. */
  seq: ['seq'],
} as const;
export type SourceColumn = keyof typeof ALIASES;

const REQUIRED: readonly SourceColumn[] = ['t', 'code', 'open', 'high', 'low', 'close', 'volume'];

/** The file holds running totals of the day instead of bars. */
export function isSnapshots({ volume }: Partial<Record<SourceColumn, string>>): boolean {
  return volume?.toLowerCase() === 'cum_volume';
}

/** Which column of the file holds what. Refuses a file that lacks a needed one, naming all of them. */
export function matchColumns(found: readonly string[], file: string): Partial<Record<SourceColumn, string>> {
  const matched: Partial<Record<SourceColumn, string>> = {};
  for (const [column, names] of Object.entries(ALIASES) as [SourceColumn, readonly string[]][]) {
    const hit = found.find((name) => names.includes(name.toLowerCase()));
    if (hit) matched[column] = hit;
  }
  const missing = REQUIRED.filter((column) => !matched[column]);
  if (missing.length > 0) {
    throw new AppError(
      'invalid_input',
      `${file} lacks the columns ${missing.map((column) => ALIASES[column][0]).join(', ')} (it has ${found.join(', ')})`,
      {
        detail: { missing, found },
      },
    );
  }
  return matched;
}
