import { formatNumber, formatPercent, formatShortWon } from '#components/numbers/format.ts';
import { METRICS, type MetricName } from '#domain/backtest/metrics/definitions.ts';
import type { Locale } from '#lib/i18n/locale.ts';

/** The figure in words; `isChange` when its sign decides its colour. */
export function metricText(name: MetricName, value: number, locale: Locale): { text: string; isChange: boolean } {
  const { unit, isSigned } = METRICS[name];
  return { text: inUnit(unit, value, locale, isSigned), isChange: isSigned };
}

function inUnit(unit: (typeof METRICS)[MetricName]['unit'], value: number, locale: Locale, isSigned: boolean): string {
  switch (unit) {
    case 'rate':
      return isSigned ? formatPercent(value) : formatPercent(value).replace('+', '');
    case 'won':
      return formatShortWon(Math.round(value), locale);
    case 'days':
      return locale === 'ko' ? `${formatNumber(value)}일` : `${formatNumber(value)} days`;
    case 'count':
      return formatNumber(value);
    case 'bars':
    case 'ratio':
      return value.toFixed(2).replace('-', '−');
  }
}
