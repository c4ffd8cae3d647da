import type { Fault } from './fault.ts';
import type { StrategyDocument } from './schema.ts';

/**
 * What a back-test can do with a document and the auto-trader cannot: it sends market orders for the next open and whole positions. A
 * document that asks for more is refused rather than traded in another way than it was tested. Null when it can run.
 */
export function liveFault({ execution, sizing }: StrategyDocument): Fault | null {
  if (sizing.kind === 'weights')
    return {
      code: 'not_live',
      path: 'sizing.kind',
      ko: '자동매매는 아직 비중 재조정(weights)을 하지 않습니다. 이 전략은 백테스트만 할 수 있습니다.',
      en: 'Automatic trading does not rebalance to weights. This strategy can only be back-tested.',
    };
  if (execution.at === 'next_open' && execution.orderType === 'market') return null;
  return {
    code: 'not_live',
    path: execution.at === 'next_open' ? 'execution.orderType' : 'execution.at',
    ko: '자동매매는 다음 봉 시가에 시장가로 주문하는 전략만 실행합니다. 이 전략은 백테스트만 할 수 있습니다.',
    en: 'Automatic trading runs strategies that order at the next open, at the market. This one can only be back-tested.',
  };
}
