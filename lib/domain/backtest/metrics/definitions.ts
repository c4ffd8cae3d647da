/** How a figure is read: `rate` is a fraction, `won` whole won, `ratio` has no unit, `days` are calendar days, `bars` of the timeframe. */
type Unit = 'rate' | 'won' | 'ratio' | 'count' | 'days' | 'bars';
/** Where a report shows it. */
export type MetricGroup = 'return' | 'risk' | 'ratio' | 'trade' | 'activity' | 'cost';
/** What is counted as an observation. A fall is a stretch of sessions below the high before it. */
type Observation = 'sessions' | 'months' | 'falls' | 'trades';
export type Samples = Readonly<Record<Observation, number>>;

interface MetricDefinition {
  readonly group: MetricGroup;
  readonly unit: Unit;
  /** Its sign is news: gains and losses are coloured. */
  readonly isSigned: boolean;
  readonly sample: Observation;
  /** Fewer observations than this mean nothing, so there is no value. */
  readonly needed: number;
}

/** A month of sessions says something about risk, a quarter of a year about a rate per year, five sessions about a one-in-twenty tail. */
const RISK = { sample: 'sessions', needed: 20 } as const;
const ANNUAL = { sample: 'sessions', needed: 60 } as const;
const TAIL = { sample: 'sessions', needed: 100 } as const;
/** Ten round trips say something about trading; Tharp wants thirty for his SQN. */
const TRADING = { sample: 'trades', needed: 10 } as const;
const MANY_TRADES = { sample: 'trades', needed: 30 } as const;
const MONTHS = { sample: 'months', needed: 6 } as const;
const FALLS = { sample: 'falls', needed: 5 } as const;
/** Facts, not estimates: true of however few. */
const SESSION_FACT = { sample: 'sessions', needed: 1 } as const;
const FALL_FACT = { sample: 'falls', needed: 1 } as const;
const TRADE_FACT = { sample: 'trades', needed: 0 } as const;

const GAIN = { unit: 'rate', isSigned: true } as const;
const SHARE = { unit: 'rate', isSigned: false } as const;
const WON = { unit: 'won', isSigned: false } as const;
const RATIO = { unit: 'ratio', isSigned: false } as const;
const COUNT = { unit: 'count', isSigned: false } as const;
const DAYS = { unit: 'days', isSigned: false } as const;

/**
 * Every figure of a report, once. Equity is after costs, at the close of each session; `r` are its returns on the session before (the
 * first on the capital); a year is the sessions that really are in the calendar, and no risk-free rate is taken off.
 */
export const METRICS = {
  /** Last equity ÷ capital − 1. */
  totalReturn: { group: 'return', ...GAIN, ...SESSION_FACT },
  /** (last equity ÷ capital)^(1 ÷ years) − 1, with years of 365.25 calendar days. */
  cagr: { group: 'return', ...GAIN, ...ANNUAL },
  /** Largest and smallest r. */
  bestDay: { group: 'return', ...GAIN, ...RISK },
  worstDay: { group: 'return', ...GAIN, ...RISK },
  /** Largest and smallest return of a calendar month; the first and last may be parts. */
  bestMonth: { group: 'return', ...GAIN, ...MONTHS },
  worstMonth: { group: 'return', ...GAIN, ...MONTHS },
  /** Months with a return above zero ÷ months. */
  winningMonths: { group: 'return', ...SHARE, ...MONTHS },

  /** Sample deviation of r (n − 1) × √(sessions a year). */
  volatility: { group: 'risk', ...SHARE, ...RISK },
  /** √(mean of min(r, 0)²) × √(sessions a year). */
  downsideDeviation: { group: 'risk', ...SHARE, ...RISK },
  /** Smallest of equity ÷ highest equity so far − 1 (the capital is the first high). */
  maxDrawdown: { group: 'risk', ...GAIN, ...SESSION_FACT },
  /** Longest time from a high to the last session below it. */
  maxDrawdownDays: { group: 'risk', ...DAYS, ...SESSION_FACT },
  /** From the high to the bottom of the deepest fall. */
  deepestFallDays: { group: 'risk', ...DAYS, ...FALL_FACT },
  /** From that bottom to the first session back at the high; undefined while it has not come back. */
  recoveryDays: { group: 'risk', ...DAYS, ...FALL_FACT },
  /** Mean over all falls of their deepest point. */
  averageDrawdown: { group: 'risk', ...GAIN, ...FALLS },
  /** √(mean of squared drawdowns), Martin's Ulcer index as a fraction. */
  ulcer: { group: 'risk', ...SHARE, ...RISK },
  /** The best of the worst twentieth of r (rounded up to whole sessions): historical value at risk, as a return. */
  valueAtRisk95: { group: 'risk', ...GAIN, ...TAIL },
  /** Mean of the worst twentieth of r: expected shortfall. */
  expectedShortfall95: { group: 'risk', ...GAIN, ...TAIL },
  /** m₃ ÷ m₂^1.5 of r, by central moments over n. */
  skew: { group: 'risk', ...RATIO, ...TAIL },
  /** m₄ ÷ m₂² − 3 of r: 0 for a normal distribution. */
  kurtosis: { group: 'risk', ...RATIO, ...TAIL },

  /** Mean r ÷ sample deviation × √(sessions a year). */
  sharpe: { group: 'ratio', ...RATIO, ...ANNUAL },
  /** Mean r ÷ √(mean of min(r, 0)²) × √(sessions a year). */
  sortino: { group: 'ratio', ...RATIO, ...ANNUAL },
  /** CAGR ÷ −max drawdown. */
  calmar: { group: 'ratio', ...RATIO, ...ANNUAL },
  /** Sum of r above zero ÷ −sum of r below zero. */
  omega: { group: 'ratio', ...RATIO, ...ANNUAL },
  /** The worst of the best twentieth of r ÷ −value at risk. */
  tailRatio: { group: 'ratio', ...RATIO, ...TAIL },

  /** Round trips. */
  trades: { group: 'trade', ...COUNT, ...TRADE_FACT },
  /** Trades with a profit ÷ trades. */
  winRate: { group: 'trade', ...SHARE, ...TRADING },
  /** Mean profit of winners ÷ mean loss of losers. */
  payoff: { group: 'trade', ...RATIO, ...TRADING },
  /** Sum of profits ÷ sum of losses. */
  profitFactor: { group: 'trade', ...RATIO, ...TRADING },
  /** Mean profit a trade, in won. */
  expectancy: { group: 'trade', unit: 'won', isSigned: true, ...TRADING },
  /** √trades × mean profit ÷ its sample deviation: system quality number (Tharp), in won instead of risk units. */
  sqn: { group: 'trade', ...RATIO, ...MANY_TRADES },
  /** Mean, largest and smallest return on the amount a trade was entered with. */
  averageTrade: { group: 'trade', ...GAIN, ...TRADING },
  bestTrade: { group: 'trade', ...GAIN, ...TRADING },
  worstTrade: { group: 'trade', ...GAIN, ...TRADING },
  /** Mean bars from entry to exit. */
  averageBarsHeld: { group: 'trade', unit: 'bars', isSigned: false, ...TRADING },
  /** Most winners and most losers in a row, by exit; a trade without profit or loss ends both. */
  longestWinStreak: { group: 'trade', ...COUNT, ...TRADING },
  longestLossStreak: { group: 'trade', ...COUNT, ...TRADING },
  /** Mean of the worst and of the best unrealised rate of each trade. */
  averageMae: { group: 'trade', ...GAIN, ...TRADING },
  averageMfe: { group: 'trade', ...GAIN, ...TRADING },

  /** Bars with a position ÷ bars. */
  exposure: { group: 'activity', ...SHARE, ...SESSION_FACT },
  /** Mean positions at a close, bars without any included. */
  averagePositions: { group: 'activity', ...RATIO, ...SESSION_FACT },
  /** Half of all won bought and sold ÷ mean equity ÷ years. */
  turnover: { group: 'activity', ...RATIO, ...ANNUAL },

  commission: { group: 'cost', ...WON, ...TRADE_FACT },
  tax: { group: 'cost', ...WON, ...TRADE_FACT },
  slippage: { group: 'cost', ...WON, ...TRADE_FACT },
  /** The three together ÷ the profit before them; undefined without such a profit. */
  costShare: { group: 'cost', ...SHARE, ...TRADING },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[];
