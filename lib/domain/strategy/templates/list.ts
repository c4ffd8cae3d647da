import { bollingerReversion } from './bollinger-reversion.ts';
import { fiftyTwoWeekHigh } from './fifty-two-week-high.ts';
import { goldenCross } from './golden-cross.ts';
import { minuteMomentum } from './minute-momentum.ts';
import { rsiReversal } from './rsi-reversal.ts';
import type { StrategyTemplate } from './template.ts';

/** In the order in which the screen shows them. */
export const TEMPLATES: readonly StrategyTemplate[] = [goldenCross, rsiReversal, bollingerReversion, fiftyTwoWeekHigh, minuteMomentum];
