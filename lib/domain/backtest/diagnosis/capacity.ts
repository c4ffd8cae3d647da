import { shareOfVolume } from '#domain/market/fill-rules.ts';
import { grouped, percent } from '#domain/strategy/describe-expression.ts';
import { rowFinder } from './fill-rows.ts';
import type { Analysis } from './finding.ts';

/** One order in twenty may meet the cap before the capital is too large. */
const LIMITED_ONE_IN = 20;

/** The volume cap decided how much was traded: the capital is larger than these symbols can carry. */
export const capacityExceeded: Analysis = ({ columns, output, participation }) => {
  const { counts, trades } = output;
  const rowAt = rowFinder(columns);
  let entriesAtCap = 0;
  for (const { symbol, quantity, entryDay, exitDay } of trades) {
    const [entry, exit] = [rowAt(symbol, entryDay), rowAt(symbol, exitDay)];
    // A split in between changed the number of shares; the factors say by how much.
    const bought = columns.factor ? Math.round((quantity * columns.factor[entry]!) / columns.factor[exit]!) : quantity;
    if (bought >= shareOfVolume(columns.volume[entry]!, participation)) entriesAtCap += 1;
  }
  const limited = entriesAtCap + counts.entriesNoVolume + counts.exitsPartial;
  const orders = counts.entriesFilled + counts.entriesPartial + counts.entriesNoVolume + counts.exitsFilled + counts.exitsPartial;
  if (limited * LIMITED_ONE_IN <= orders) return null;
  return {
    code: 'capacity',
    severity: 'warning',
    numbers: { limited, orders, entriesAtCap, entriesNoVolume: counts.entriesNoVolume, exitsPartial: counts.exitsPartial, participation },
    ko: `주문 ${grouped(orders)}건 가운데 ${grouped(limited)}건이 봉 거래량의 ${percent(participation)}라는 한도에 걸렸습니다. 투자금이 이 종목들의 거래량에 비해 커서, 실제로는 값을 더 불리하게 밀어 올리거나 다 사고팔지 못합니다. 투자금을 줄이거나 거래대금 조건을 높이세요.`,
    en: `${grouped(limited)} of ${grouped(orders)} orders met the cap of ${percent(participation)} of a bar's volume. The capital is large for these symbols: real orders would move the price further or stay unfilled. Use less capital or ask for more traded value.`,
  };
};
