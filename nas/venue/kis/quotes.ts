import { addDays, isWeekend } from '#domain/market/day.ts';
import type { Exchange } from '../exchange.ts';
import type { MarketLoop } from '../market/market-loop.ts';
import type { Bar, MarketState } from '../market/market-state.ts';
import { compactDay, parseCompactDay, seoulTime, weekday } from '../seoul-time.ts';
import { isKrxDay } from '../sessions.ts';
import { changeOf, percent } from './change.ts';
import { type Answer, badInput, padded, quoted } from './codes.ts';
import { depthFields } from './depth.ts';
import { PRICE_EXTRAS } from './price-extras.ts';
import type { Call } from './routes.ts';

type Query = Readonly<Record<string, string>>;

/** The market a quote asks about, or the refusal. */
function marketOf(exchange: Exchange, query: Query): MarketState | Answer {
  if (!query.FID_COND_MRKT_DIV_CODE) return badInput('FID_COND_MRKT_DIV_CODE');
  return exchange.markets.get(query.FID_INPUT_ISCD ?? '') ?? badInput('FID_INPUT_ISCD');
}

/** ISCD_STAT_CLS_CODE: 58 halted, 59 short-term overheated (traded by single price here), 55 credit allowed. */
export const statusOf = ({ state }: MarketState): string => (state === 'halted' ? '58' : state === 'single_price' ? '59' : '55');

/** FHKST01010100 inquire-price. */
export function inquirePrice(exchange: Exchange, query: Query): Answer {
  const market = marketOf(exchange, query);
  if ('status' in market) return market;
  const { instrument, stats, lastPrice, basePrice } = market;
  const change = changeOf(market);
  const output = {
    ...PRICE_EXTRAS,
    iscd_stat_cls_code: statusOf(market),
    temp_stop_yn: market.state === 'halted' ? 'Y' : 'N',
    vi_cls_code: market.vi ? 'Y' : 'N',
    rprs_mrkt_kor_name: instrument.market === 'KOSPI' ? 'KOSPI' : 'KOSDAQ',
    bstp_kor_isnm: instrument.sectorKo,
    stck_prpr: String(lastPrice),
    prdy_vrss: change.vrss,
    prdy_vrss_sign: change.sign,
    prdy_ctrt: change.ctrt,
    acml_tr_pbmn: String(stats.value),
    acml_vol: String(stats.volume),
    prdy_vrss_vol_rate: percent(stats.volume, market.previousVolume || instrument.dailyVolume),
    stck_oprc: String(stats.open),
    stck_hgpr: String(stats.high),
    stck_lwpr: String(stats.low),
    stck_mxpr: String(market.upperLimit),
    stck_llam: String(market.lowerLimit),
    stck_sdpr: String(basePrice),
    wghn_avrg_stck_prc: (stats.volume === 0 ? 0 : stats.value / stats.volume).toFixed(2),
    rstc_wdth_prc: String(market.upperLimit - basePrice),
    aspr_unit: String(exchange.rules.tickSize(instrument, market.day, lastPrice)),
    lstn_stcn: String(instrument.listedShares),
    hts_avls: String(Math.floor((instrument.listedShares * lastPrice) / 100_000_000)),
    vol_tnrt: percent(stats.volume, instrument.listedShares),
    stck_shrn_iscd: instrument.symbol,
  };
  return quoted({ output });
}

/** FHKST11300006 intstock-multprice: up to thirty stocks; unused slots and unknown codes come back as empty rows. */
export function inquireManyPrices(exchange: Exchange, query: Query): Answer {
  if (!query.FID_INPUT_ISCD_1) return badInput('FID_INPUT_ISCD_1');
  const output = Array.from({ length: 30 }, (_, slot) => {
    const market = exchange.markets.get(query[`FID_INPUT_ISCD_${slot + 1}`] ?? '');
    if (!market) return {};
    const { instrument, stats } = market;
    const change = changeOf(market);
    return {
      inter_shrn_iscd: instrument.symbol,
      inter_kor_isnm: instrument.nameKo,
      inter2_prpr: String(market.lastPrice),
      inter2_prdy_vrss: change.vrss,
      prdy_vrss_sign: change.sign,
      prdy_ctrt: change.ctrt,
      acml_vol: String(stats.volume),
      inter2_oprc: String(stats.open),
      inter2_hgpr: String(stats.high),
      inter2_lwpr: String(stats.low),
      inter2_llam: String(market.lowerLimit),
      inter2_mxpr: String(market.upperLimit),
      acml_tr_pbmn: String(stats.value),
      inter2_sdpr: String(market.basePrice),
    };
  });
  return quoted({ output });
}

/** NEW_MKOP_CLS_CODE: 1x before the open, 2x in session, 3x after it; x1 closing auction, shown for single-price trading, too. */
function marketCode({ phase }: Exchange, { engine, state }: MarketState): string {
  if (phase === 'opening_auction') return '10';
  if (phase === 'closing_auction' || (state === 'single_price' && engine.phase === 'auction')) return '21';
  return phase === 'continuous' ? '20' : '31';
}

/** FHKST01010200 inquire-asking-price-exp-ccn: ten levels and, in an auction, the expected price. */
export function inquireAskingPrice(exchange: Exchange, query: Query, now: number): Answer {
  const market = marketOf(exchange, query);
  if ('status' in market) return market;
  const { stats, engine } = market;
  const expected = engine.expected();
  const change = changeOf(market, expected?.price ?? market.lastPrice);
  const output1 = {
    aspr_acpt_hour: seoulTime(now),
    ...depthFields(market),
    new_mkop_cls_code: marketCode(exchange, market),
  };
  const output2 = {
    antc_mkop_cls_code: engine.phase === 'auction' ? (exchange.phase === 'closing_auction' ? '121' : '110') : '112',
    stck_prpr: String(market.lastPrice),
    stck_oprc: String(stats.open),
    stck_hgpr: String(stats.high),
    stck_lwpr: String(stats.low),
    stck_sdpr: String(market.basePrice),
    antc_cnpr: String(expected?.price ?? 0),
    antc_cntg_vrss_sign: expected ? change.sign : '3',
    antc_cntg_vrss: expected ? change.vrss : '0',
    antc_cntg_prdy_ctrt: expected ? change.ctrt : '0.00',
    antc_vol: String(expected?.volume ?? 0),
    stck_shrn_iscd: market.instrument.symbol,
    vi_cls_code: market.vi ? 'Y' : 'N',
  };
  return quoted({ output1, output2 });
}

/** FHKST01010300 inquire-ccnl: the last thirty executions, newest first. */
export function inquireCcnl(exchange: Exchange, query: Query): Answer {
  const market = marketOf(exchange, query);
  if ('status' in market) return market;
  const { buyVolume, sellVolume } = market.stats;
  const output = market.prints.slice(0, 30).map((print) => {
    const change = changeOf(market, print.price);
    return {
      stck_cntg_hour: print.time,
      stck_prpr: String(print.price),
      prdy_vrss: change.vrss,
      prdy_vrss_sign: change.sign,
      cntg_vol: String(print.quantity),
      tday_rltv: percent(buyVolume, sellVolume),
      prdy_ctrt: change.ctrt,
    };
  });
  return quoted({ output });
}

/** First day of the week, month or year a day lies in. */
function periodOf(day: string, period: string): string {
  if (period === 'W') return addDays(day, -((weekday(day) + 6) % 7));
  return period === 'M' ? day.slice(0, 7) : period === 'Y' ? day.slice(0, 4) : day;
}

function joined(bars: readonly Bar[], period: string): Bar[] {
  const groups = Map.groupBy(bars, (bar) => periodOf(bar.day, period));
  return [...groups.values()].map((group) => ({
    day: group[0]!.day,
    time: null,
    open: group[0]!.open,
    high: Math.max(...group.map((bar) => bar.high)),
    low: Math.min(...group.map((bar) => bar.low)),
    close: group.at(-1)!.close,
    volume: group.reduce((sum, bar) => sum + bar.volume, 0),
    value: group.reduce((sum, bar) => sum + bar.value, 0),
  }));
}

/** FHKST03010100 inquire-daily-itemchartprice: at most 100 bars, the newest of the range, newest first, no paging. */
export function inquireDailyChart({ exchange, loop, input: query, variants }: Call): Answer {
  const market = marketOf(exchange, query);
  if ('status' in market) return market;
  const from = parseCompactDay(query.FID_INPUT_DATE_1 ?? '');
  const to = parseCompactDay(query.FID_INPUT_DATE_2 ?? '');
  const period = query.FID_PERIOD_DIV_CODE ?? '';
  if (!from) return badInput('FID_INPUT_DATE_1');
  if (!to) return badInput('FID_INPUT_DATE_2');
  if (!['D', 'W', 'M', 'Y'].includes(period)) return badInput('FID_PERIOD_DIV_CODE');
  if (!['0', '1'].includes(query.FID_ORG_ADJ_PRC ?? '')) return badInput('FID_ORG_ADJ_PRC');
  const bars = joined(loop.dailyBars(market.instrument.symbol, { from, to }), period);
  const told = variants.longRange === 'newest' ? bars.slice(-100) : bars.slice(0, 100);
  const output2 = told.toReversed().map((bar, i, newestFirst) => {
    const before = newestFirst[i + 1]?.close ?? bars[bars.indexOf(bar) - 1]?.close ?? bar.open;
    return {
      acml_tr_pbmn: String(bar.value),
      acml_vol: String(bar.volume),
      flng_cls_code: '00',
      mod_yn: 'N',
      prdy_vrss: String(bar.close - before),
      prdy_vrss_sign: bar.close > before ? '2' : bar.close < before ? '5' : '3',
      prtt_rate: '0.00',
      revl_issu_reas: '',
      stck_bsop_date: compactDay(bar.day),
      stck_clpr: String(bar.close),
      stck_hgpr: String(bar.high),
      stck_lwpr: String(bar.low),
      stck_oprc: String(bar.open),
    };
  });
  const previous = loop.dailyBars(market.instrument.symbol, { from: addDays(market.day, -15), to: addDays(market.day, -1) }).at(-1);
  return quoted({ output1: chartHead(market, previous), output2 });
}

function chartHead(market: MarketState, previous: Bar | undefined): Record<string, string> {
  const { instrument, stats, lastPrice } = market;
  const change = changeOf(market);
  const volume = previous?.volume ?? 0;
  return {
    acml_tr_pbmn: String(stats.value),
    acml_vol: String(stats.volume),
    askp: String(market.engine.asks.bestPrice() ?? 0),
    bidp: String(market.engine.bids.bestPrice() ?? 0),
    cpfn: '0',
    eps: '0.00',
    hts_avls: String(Math.floor((instrument.listedShares * lastPrice) / 100_000_000)),
    hts_kor_isnm: instrument.nameKo,
    itewhol_loan_rmnd_ratem: '0.00',
    lstn_stcn: String(instrument.listedShares),
    pbr: '0.00',
    per: '0.00',
    prdy_ctrt: change.ctrt,
    prdy_vol: String(volume),
    prdy_vrss: change.vrss,
    prdy_vrss_sign: change.sign,
    prdy_vrss_vol: String(stats.volume - volume),
    stck_fcam: '0',
    stck_hgpr: String(stats.high),
    stck_llam: String(market.lowerLimit),
    stck_lwpr: String(stats.low),
    stck_mxpr: String(market.upperLimit),
    stck_oprc: String(stats.open),
    stck_prdy_clpr: String(market.basePrice),
    stck_prdy_hgpr: String(previous?.high ?? 0),
    stck_prdy_lwpr: String(previous?.low ?? 0),
    stck_prdy_oprc: String(previous?.open ?? 0),
    stck_prpr: String(lastPrice),
    stck_shrn_iscd: instrument.symbol,
    vol_tnrt: percent(stats.volume, instrument.listedShares),
  };
}

/** FHKST03010200 inquire-time-itemchartprice: today's minutes up to an hour, thirty a call, newest first. */
export function inquireMinuteChart(exchange: Exchange, loop: MarketLoop, query: Query): Answer {
  const market = marketOf(exchange, query);
  if ('status' in market) return market;
  if (!/^\d{6}$/.test(query.FID_INPUT_HOUR_1 ?? '')) return badInput('FID_INPUT_HOUR_1');
  for (const field of ['FID_PW_DATA_INCU_YN', 'FID_ETC_CLS_CODE']) if (query[field] === undefined) return badInput(field);
  const bars = loop.minuteBars(market.instrument.symbol, market.day).filter((bar) => bar.time! <= query.FID_INPUT_HOUR_1!);
  const output2 = minuteRows(bars).slice(-30).reverse();
  return quoted({ output1: minuteHead(market), output2 });
}

/** FHKST03010230 inquire-time-dailychartprice (real only): minutes of a day, 120 a call, newest first. */
export function inquirePastMinutes(exchange: Exchange, loop: MarketLoop, query: Query): Answer {
  const market = marketOf(exchange, query);
  if ('status' in market) return market;
  const day = parseCompactDay(query.FID_INPUT_DATE_1 ?? '');
  if (!day) return badInput('FID_INPUT_DATE_1');
  if (!/^\d{6}$/.test(query.FID_INPUT_HOUR_1 ?? '')) return badInput('FID_INPUT_HOUR_1');
  const bars = loop.minuteBars(market.instrument.symbol, day).filter((bar) => bar.time! <= query.FID_INPUT_HOUR_1!);
  return quoted({ output1: minuteHead(market), output2: minuteRows(bars).slice(-120).reverse() });
}

function minuteHead(market: MarketState): Record<string, string> {
  const change = changeOf(market);
  return {
    acml_tr_pbmn: String(market.stats.value),
    acml_vol: String(market.stats.volume),
    hts_kor_isnm: market.instrument.nameKo,
    prdy_ctrt: change.ctrt,
    prdy_vrss: change.vrss,
    prdy_vrss_sign: change.sign,
    stck_prdy_clpr: String(market.basePrice),
    stck_prpr: String(market.lastPrice),
  };
}

/** `acml_tr_pbmn` is cumulative over the day, `cntg_vol` the minute's own. */
function minuteRows(bars: readonly Bar[]): Record<string, string>[] {
  let value = 0;
  return bars.map((bar) => {
    value += bar.value;
    return {
      acml_tr_pbmn: String(value),
      cntg_vol: String(bar.volume),
      stck_bsop_date: compactDay(bar.day),
      stck_cntg_hour: bar.time!,
      stck_hgpr: String(bar.high),
      stck_lwpr: String(bar.low),
      stck_oprc: String(bar.open),
      stck_prpr: String(bar.close),
    };
  });
}

/** CTCA0903R chk-holiday (real only): 24 days from BASS_DT, and the next 24 from the cursor of a page. `opnd_yn` follows the venue's own hours, so `demo` is open every day. */
export function checkHoliday({ exchange, input: query, trCont }: Call): Answer {
  const start = parseCompactDay(query.BASS_DT ?? '');
  if (!start) return badInput('BASS_DT');
  const cursor = trCont === 'N' ? parseCompactDay((query.CTX_AREA_NK ?? '').trim()) : null;
  const from = cursor ?? start;
  const output = Array.from({ length: 24 }, (_, i) => {
    const day = addDays(from, i);
    const isOpen = exchange.sessions.isTradingDay(day) ? 'Y' : 'N';
    const isBusinessDay = isWeekend(day) ? 'N' : isKrxDay(day) ? 'Y' : 'N';
    return {
      bass_dt: compactDay(day),
      wday_dvsn_cd: `0${weekday(day) + 1}`,
      bzdy_yn: isBusinessDay,
      tr_day_yn: 'Y',
      opnd_yn: isOpen,
      sttl_day_yn: isOpen,
    };
  });
  const next = compactDay(addDays(from, 24));
  return {
    status: 200,
    headers: { tr_cont: cursor ? 'M' : 'F' },
    body: {
      ctx_area_nk: padded(next, 20),
      ctx_area_fk: padded(query.BASS_DT!, 20),
      output,
      rt_cd: '0',
      msg_cd: 'KIOK0500',
      msg1: padded('조회가 계속됩니다..다음버튼을 Click 하십시오.', 80),
    },
  };
}
