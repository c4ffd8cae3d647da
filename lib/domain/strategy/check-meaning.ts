import { decidesForAuction } from './execution-moment.ts';
import type { Fault } from './fault.ts';
import type { StrategyDocument } from './schema.ts';

/** What the shape cannot say: parts that do not go together, and strategies that could never sell. */
export function checkMeaning(draft: Partial<StrategyDocument>, faults: Fault[]): void {
  const { execution, stops, timeframe, universe } = draft;
  if (execution?.at === 'this_close_auction' && timeframe === '1w') {
    faults.push({
      code: 'needs_days',
      path: 'execution.at',
      ko: '당일 종가 동시호가(this_close_auction) 주문은 일봉이나 분봉 전략에서만 쓸 수 있습니다. 봉 주기를 일봉(1d)이나 분봉으로 바꾸거나 다음 시가에 주문하세요.',
      en: 'Orders into the same closing auction (this_close_auction) need daily or minute bars. Choose another timeframe or order at the next open.',
    });
  }
  if (execution?.orderType === 'limit' && timeframe === '1w') {
    faults.push({
      code: 'needs_days',
      path: 'execution.orderType',
      ko: '지정가 주문은 당일에만 유효하므로 주봉 전략에서는 쓸 수 없습니다. 봉 주기를 일봉(1d)이나 분봉으로 바꾸거나 시장가로 주문하세요.',
      en: 'A limit order is good for one day at most, so weekly bars cannot have it. Choose another timeframe or order at the market.',
    });
  }
  if (draft.sessions && timeframe && decidesForAuction({ timeframe, execution }) && Object.values(draft.sessions).some(Boolean)) {
    faults.push({
      code: 'auction_has_its_hour',
      path: 'sessions',
      ko: '당일 종가 동시호가(this_close_auction) 주문은 장 마감 11분 전에 한 번만 판단하므로 장중 시간 조건과 함께 쓸 수 없습니다. sessions를 비우거나 다음 봉에 주문하세요.',
      en: 'Orders into the closing auction (this_close_auction) are decided once, 11 minutes before the close, so times of day do not go with them. Leave sessions empty or order on the next bar.',
    });
  }
  if (draft.sizing?.kind === 'weights' && execution?.orderType === 'limit') {
    faults.push({
      code: 'needs_market',
      path: 'execution.orderType',
      ko: '비중 재조정(weights)은 시장가 주문으로만 할 수 있습니다. orderType을 market으로 바꾸세요.',
      en: 'Rebalancing to weights needs market orders. Set orderType to market.',
    });
  }
  if (draft.exit === undefined && (!stops || Object.values(stops).every((stop) => stop === undefined))) {
    faults.push({
      code: 'never_exits',
      path: 'exit',
      ko: '매도 조건도 손절·익절·보유기간도 없어 한번 산 종목을 팔 수 없습니다. 하나 이상 넣으세요.',
      en: 'There is no exit condition, stop or holding limit, so nothing bought could ever be sold. Add at least one.',
    });
  }
  if (
    draft.sessions &&
    timeframe &&
    /[dw]$/.test(timeframe) &&
    (draft.sessions.entryFrom || draft.sessions.entryUntil || draft.sessions.exitAllBeforeClose)
  ) {
    faults.push({
      code: 'sessions_need_minutes',
      path: 'sessions',
      ko: '장중 시간 조건은 분봉 전략에서만 쓸 수 있습니다.',
      en: 'Times of day need a minute timeframe.',
    });
  }
  if (draft.sessions?.entryFrom && draft.sessions.entryUntil && draft.sessions.entryFrom >= draft.sessions.entryUntil) {
    faults.push({
      code: 'sessions_empty',
      path: 'sessions.entryUntil',
      ko: '매수를 끝내는 시각이 시작하는 시각보다 늦어야 합니다. 두 시각을 고치세요.',
      en: 'Entries must end later than they begin. Mend the two times.',
    });
  }
  if (universe && Array.isArray(universe.markets) && universe.markets.length === 0 && (universe.symbols ?? []).length === 0) {
    faults.push({
      code: 'empty_universe',
      path: 'universe',
      ko: '시장이나 종목을 하나 이상 고르세요.',
      en: 'Choose at least one market or symbol.',
    });
  }
}
