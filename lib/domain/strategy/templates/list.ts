import { adxTrend } from './adx-trend.ts';
import { alignedAverages } from './aligned-averages.ts';
import { bollingerBreakout } from './bollinger-breakout.ts';
import { bollingerReversion } from './bollinger-reversion.ts';
import { disparityReversion } from './disparity-reversion.ts';
import { dualMomentum } from './dual-momentum.ts';
import { fiftyTwoWeekHigh } from './fifty-two-week-high.ts';
import { gapUp } from './gap-up.ts';
import { goldenCross } from './golden-cross.ts';
import { ichimokuTrend } from './ichimoku-trend.ts';
import { lowVolatility } from './low-volatility.ts';
import { macdCross } from './macd-cross.ts';
import { minuteMomentum } from './minute-momentum.ts';
import { rsiReversal } from './rsi-reversal.ts';
import { rsiTwo } from './rsi-two.ts';
import { smallCapMomentum } from './small-cap-momentum.ts';
import { stochasticReversal } from './stochastic-reversal.ts';
import { supertrendFollow } from './supertrend-follow.ts';
import type { StrategyTemplate } from './template.ts';
import { turtle } from './turtle.ts';
import { volatilityBreakout } from './volatility-breakout.ts';
import { volumeSurge } from './volume-surge.ts';

/** In the order in which the screen shows them. */
export const TEMPLATES: readonly StrategyTemplate[] = [
  goldenCross,
  rsiReversal,
  bollingerReversion,
  fiftyTwoWeekHigh,
  macdCross,
  bollingerBreakout,
  volatilityBreakout,
  volumeSurge,
  disparityReversion,
  turtle,
  dualMomentum,
  lowVolatility,
  smallCapMomentum,
  stochasticReversal,
  ichimokuTrend,
  supertrendFollow,
  adxTrend,
  alignedAverages,
  gapUp,
  rsiTwo,
  minuteMomentum,
];
