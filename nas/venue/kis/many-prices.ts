import type { MarketState } from '../market/market-state.ts';
import { changeOf, percent } from './change.ts';
import { type Answer, badInput, quoted } from './codes.ts';
import { depthOf } from './depth.ts';
import type { Call } from './routes.ts';

const MOST = 30;

/** FHKST11300006 intstock-multprice (real only): up to thirty symbols by numbered parameters, one row each in the order asked for. */
export function inquireManyPrices({ exchange, input }: Call): Answer {
  const rows: Record<string, string>[] = [];
  for (let n = 1; n <= MOST; n++) {
    const code = input[`FID_INPUT_ISCD_${n}`];
    if (!code) break;
    if (!input[`FID_COND_MRKT_DIV_CODE_${n}`]) return badInput(`FID_COND_MRKT_DIV_CODE_${n}`);
    const market = exchange.markets.get(code);
    if (!market) return badInput(`FID_INPUT_ISCD_${n}`);
    rows.push(priceRow(market));
  }
  return rows.length === 0 ? badInput('FID_INPUT_ISCD_1') : quoted({ output: rows });
}

function priceRow(market: MarketState): Record<string, string> {
  const { instrument, stats, lastPrice, engine } = market;
  const change = changeOf(market);
  const depth = depthOf(market);
  const expected = engine.expected();
  const expectedChange = changeOf(market, expected?.price ?? market.basePrice);
  return {
    kospi_kosdaq_cls_name: instrument.market,
    mrkt_trtm_cls_name: '',
    hour_cls_code: '0',
    inter_shrn_iscd: instrument.symbol,
    inter_kor_isnm: instrument.nameKo,
    inter2_prpr: String(lastPrice),
    inter2_prdy_vrss: change.vrss,
    prdy_vrss_sign: change.sign,
    prdy_ctrt: change.ctrt,
    acml_vol: String(stats.volume),
    inter2_oprc: String(stats.open),
    inter2_hgpr: String(stats.high),
    inter2_lwpr: String(stats.low),
    inter2_llam: String(market.lowerLimit),
    inter2_mxpr: String(market.upperLimit),
    inter2_askp: String(depth.asks[0]?.price ?? 0),
    inter2_bidp: String(depth.bids[0]?.price ?? 0),
    seln_rsqn: String(depth.asks[0]?.quantity ?? 0),
    shnu_rsqn: String(depth.bids[0]?.quantity ?? 0),
    total_askp_rsqn: String(depth.totalAsk),
    total_bidp_rsqn: String(depth.totalBid),
    acml_tr_pbmn: String(stats.value),
    inter2_prdy_clpr: String(market.basePrice),
    oprc_vrss_hgpr_rate: percent(stats.high - stats.open, stats.open),
    intr_antc_cntg_vrss: expected ? expectedChange.vrss : '0',
    intr_antc_cntg_vrss_sign: expected ? expectedChange.sign : '3',
    intr_antc_cntg_prdy_ctrt: expected ? expectedChange.ctrt : '0.00',
    intr_antc_vol: String(expected?.volume ?? 0),
    inter2_sdpr: String(market.basePrice),
  };
}
