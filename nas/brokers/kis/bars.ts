import type { Symbol, TradingDay } from '#domain/order/order.ts';
import type { BrokerBar } from '#nas/brokers/port.ts';
import type { KisClient } from './client.ts';
import { daysBefore, type KisClock, seoulParts } from './clock.ts';
import { KIS_LIMITS } from './limits.ts';
import { toDailyBar, toMinuteBars } from './parse.ts';
import { type DailyBarRow, dailyBarsAnswer, type MinuteBarRow, minuteBarsAnswer } from './schemas.ts';
import { PATHS, QUOTE_TR_IDS } from './tr-ids.ts';

/**
 * Calendar days of one call: at most a hundred weekdays, so that no call ever holds more bars than it may tell. Which hundred KIS tells
 * of more is not documented.
 */
const DAYS_A_CALL = Math.floor((KIS_LIMITS.daysPerCall.value * 7) / 5) - 1;
/** This many calls without a bar (a year and more) are the time before the stock was listed. */
const EMPTY_CALLS = 3;
/** 30 minutes a call; the regular session has 391. */
const MAX_MINUTE_CALLS = 20;
const LAST_MINUTE = '153000';

/** Bars by repeated calls backwards: KIS has no page cursor for them. */
export function createBarReader(deps: { client: KisClient; quoted: (symbol: Symbol) => Record<string, string>; clock: KisClock }) {
  const { client, quoted, clock } = deps;

  return {
    /** Raw (unadjusted) days, oldest first; today's unfinished bar included when asked for. */
    async daily(symbol: Symbol, from: TradingDay, to: TradingDay): Promise<BrokerBar[]> {
      const first = from.replaceAll('-', '');
      let last = to.replaceAll('-', '');
      const rows = new Map<string, DailyBarRow>();
      for (let empty = 0; last >= first && empty < EMPTY_CALLS; ) {
        const start = latest([daysBefore(last, DAYS_A_CALL - 1), first]);
        const { output2 } = await client.read({
          path: PATHS.dailyBars,
          trId: QUOTE_TR_IDS.dailyBars,
          // FID_ORG_ADJ_PRC: 0 adjusted, 1 raw
          query: { ...quoted(symbol), FID_INPUT_DATE_1: start, FID_INPUT_DATE_2: last, FID_PERIOD_DIV_CODE: 'D', FID_ORG_ADJ_PRC: '1' },
          schema: dailyBarsAnswer,
          lane: 'screen',
        });
        const inside = output2.filter((row) => row.stck_bsop_date >= start && row.stck_bsop_date <= last);
        for (const row of inside) rows.set(row.stck_bsop_date, row);
        empty = inside.length === 0 ? empty + 1 : 0;
        last = daysBefore(start, 1);
      }
      return [...rows.values()].sort((a, b) => (a.stck_bsop_date < b.stck_bsop_date ? -1 : 1)).map(toDailyBar);
    },

    /** Today's minutes so far, oldest first. */
    async minutes(symbol: Symbol): Promise<BrokerBar[]> {
      // A later minute than now would come back filled with the current price, so the first call asks for the broker's now.
      const now = seoulParts(clock.now() + (client.clockOffsetMs() ?? 0)).time;
      let hour = now < LAST_MINUTE ? now : LAST_MINUTE;
      const rows = new Map<string, MinuteBarRow>();
      let day: string | null = null;
      for (let call = 0; call < MAX_MINUTE_CALLS; call++) {
        const { output2 } = await client.read({
          path: PATHS.minuteBars,
          trId: QUOTE_TR_IDS.minuteBars,
          query: { ...quoted(symbol), FID_INPUT_HOUR_1: hour, FID_PW_DATA_INCU_YN: 'Y', FID_ETC_CLS_CODE: '' },
          schema: minuteBarsAnswer,
          lane: 'screen',
        });
        day ??= output2[0]?.stck_bsop_date ?? null;
        const fresh = output2.filter((row) => row.stck_bsop_date === day && row.stck_cntg_hour <= hour && !rows.has(row.stck_cntg_hour));
        if (fresh.length === 0) break;
        for (const row of fresh) rows.set(row.stck_cntg_hour, row);
        const oldest = earliest(fresh.map((row) => row.stck_cntg_hour));
        if (oldest <= '000100') break;
        hour = minuteBefore(oldest);
      }
      return toMinuteBars([...rows.values()]);
    },
  };
}

/** `HHMMSS` one minute earlier. */
function minuteBefore(time: string): string {
  const minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(2, 4)) - 1;
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}${String(minutes % 60).padStart(2, '0')}00`;
}

/** The greatest of texts that sort as they count. */
function latest(texts: readonly string[]): string {
  return [...texts].sort().at(-1) ?? '';
}

/** The least of texts that sort as they count: dates and times of fixed width. */
function earliest(texts: readonly string[]): string {
  return [...texts].sort()[0] ?? '';
}
