import { type Indicators, ofBars, ofInput } from './indicator.ts';
import { cmf, mfi, obv, rollingVwap, volumeRatio, vwma } from './volume.ts';

/** What volume says. All are unknown for data without volume. */
export const volumes: Indicators = {
  vwma: ofInput('거래량가중 이동평균', 'Volume-weighted moving average', 20, (input, period, bars) => vwma(input, bars, period)),
  vwap: ofBars('거래량가중 평균가(VWAP)', 'Rolling VWAP', 20, 'price', rollingVwap),
  volume_ratio: ofBars('거래량비', 'Volume ratio', 20, 'ratio', volumeRatio, { warmup: ([period]) => period! }),
  obv: ofBars('OBV', 'On-balance volume', 1, 'shares', obv, { args: [], warmup: () => 0 }),
  mfi: ofBars('자금흐름지수(MFI)', 'Money flow index', 14, 'index', mfi, { warmup: ([period]) => period! }),
  cmf: ofBars('체이킨 자금흐름(CMF)', 'Chaikin money flow', 20, 'ratio', cmf),
};
