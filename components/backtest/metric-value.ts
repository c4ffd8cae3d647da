import { formatNumber, formatPercent, formatShortWon } from '#components/numbers/format.ts';
import type { MetricName } from '#domain/backtest/metrics.ts';
import type { Locale } from '#lib/i18n/locale.ts';

/** How a figure is written: a signed percentage, a plain share, won, a ratio or a count. */
type Style = 'change' | 'share' | 'won' | 'ratio' | 'count' | 'days';
const STYLES: Readonly<Record<MetricName, Style>> = {
  totalReturn: 'change',
  cagr: 'change',
  volatility: 'share',
  maxDrawdown: 'change',
  maxDrawdownDays: 'days',
  sharpe: 'ratio',
  sortino: 'ratio',
  calmar: 'ratio',
  trades: 'count',
  winRate: 'share',
  payoff: 'ratio',
  profitFactor: 'ratio',
  expectancy: 'won',
  averageBarsHeld: 'ratio',
  exposure: 'share',
  turnover: 'ratio',
  commission: 'won',
  tax: 'won',
  slippage: 'won',
};

/** The figure in words; `isChange` when its sign decides its colour. */
export function metricText(name: MetricName, value: number, locale: Locale): { text: string; isChange: boolean } {
  const style = STYLES[name];
  if (style === 'change') return { text: formatPercent(value), isChange: true };
  if (style === 'share') return { text: formatPercent(value).replace('+', ''), isChange: false };
  if (style === 'won') return { text: formatShortWon(Math.round(value), locale), isChange: name === 'expectancy' };
  if (style === 'days') return { text: locale === 'ko' ? `${formatNumber(value)}일` : `${formatNumber(value)} days`, isChange: false };
  if (style === 'count') return { text: formatNumber(value), isChange: false };
  return { text: value.toFixed(2).replace('-', '−'), isChange: false };
}
