import { settlementDay, type TaxEra, taxEraOf } from '#domain/market/fees-and-tax.ts';
import { type TickTable, tickEras } from '#domain/market/ticks.ts';
import { type ColumnSymbol, type Columns, dayOf, epochDay } from './columns.ts';
import { fillTime, type Moment } from './order-plan.ts';

/**
 * The exchange's dated rules laid over one calendar, so that a fill compares numbers instead of days. Kept for as long as the data are:
 * the runs of a sweep share it.
 */
export interface RuleDays {
  /** Per symbol, newest first: tick tables with the calendar entry from which each holds. Symbols of a market and kind share one list. */
  readonly ticks: readonly (readonly DatedTicks[])[];
  /** What a sale at a calendar entry is taxed by, as far as somebody has asked: at the open, and later in the bar. */
  readonly taxAtOpen: (TaxEra | undefined)[];
  readonly taxLater: (TaxEra | undefined)[];
}
interface DatedTicks {
  readonly from: number;
  readonly bands: TickTable;
}

const known = new WeakMap<Columns, RuleDays>();

export function ruleDays(columns: Columns): RuleDays {
  let days = known.get(columns);
  if (!days) {
    const lists = new Map<string, readonly DatedTicks[]>();
    const entries = columns.times.length;
    const taxLater = new Array<TaxEra | undefined>(entries);
    days = {
      ticks: columns.symbols.map((symbol) => {
        if (symbol.markets) return datedTicks(columns, symbol);
        const group = `${symbol.market} ${symbol.kind}`;
        const list = lists.get(group) ?? datedTicks(columns, symbol);
        lists.set(group, list);
        return list;
      }),
      taxAtOpen: columns.sessions ? new Array<TaxEra | undefined>(entries) : taxLater,
      taxLater,
    };
    known.set(columns, days);
  }
  return days;
}

/** A symbol that moved has, in each of its markets, the tables of that market. */
function datedTicks(columns: Columns, { kind, market, markets = [] }: ColumnSymbol): readonly DatedTicks[] {
  const periods = [{ since: '', market }, ...markets].reverse();
  return periods.flatMap((period) => {
    const begin = firstEntrySince(columns, period.since);
    return tickEras(kind, period.market).map(({ since, bands }) => ({ from: Math.max(begin, firstEntrySince(columns, since)), bands }));
  });
}

/** The first calendar entry on or after a day. The rules of a week are those of its first session: ticks have changed on Mondays. */
function firstEntrySince(columns: Columns, day: string): number {
  let low = 0;
  let high = columns.times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (dayOf(fillTime(columns, middle, 'open')) < day) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The tick table of a symbol at a calendar entry. */
export function ticksAt(days: RuleDays, symbol: number, index: number): TickTable {
  const list = days.ticks[symbol]!;
  let era = 0;
  while (list[era]!.from > index) era += 1;
  return list[era]!.bands;
}

/** The tax rates that a sale at a calendar entry meets. */
export function taxAt(days: RuleDays, columns: Columns, index: number, moment: Moment): TaxEra {
  const asked = moment === 'open' ? days.taxAtOpen : days.taxLater;
  let era = asked[index];
  if (!era) {
    era = taxEraOf(settlementOf(columns, index, moment));
    asked[index] = era;
  }
  return era;
}

/** Holidays never close KRX for more than ten days, so a longer hole in the data is a hole, not the calendar. */
const LONGEST_CLOSURE_DAYS = 10;
/** From here the exchange's calendar is built in and wins over the data's own days. */
const CALENDAR_SINCE = '2024-01-01';

/** The day on which a trade at a calendar entry settles (T+2). */
function settlementOf(columns: Columns, index: number, moment: Moment): string {
  const day = dayOf(fillTime(columns, index, moment));
  const calendar = columns.sessions?.days ?? columns.times;
  const after: string[] = [];
  let last = day;
  for (
    let t = columns.sessions ? calendar.indexOf(day) + 1 : index + 1;
    t < calendar.length && after.length < 2 && day < CALENDAR_SINCE;
    t += 1
  ) {
    const next = dayOf(calendar[t]!);
    if (next === last) continue;
    if (epochDay(next) - epochDay(last) > LONGEST_CLOSURE_DAYS) break;
    after.push(next);
    last = next;
  }
  return settlementDay(day, after);
}
