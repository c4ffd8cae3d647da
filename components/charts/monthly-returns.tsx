import { useTranslations } from 'next-intl';
import { formatPercent } from '#components/numbers/format.ts';

/** A month this good or bad has the full colour. */
const FULL_COLOUR = 0.1;
const MONTHS = Array.from({ length: 12 }, (_, at) => String(at + 1).padStart(2, '0'));

function shade(rate: number): string | undefined {
  if (Math.abs(rate) < 0.00005) return undefined;
  const strength = Math.round(12 + Math.min(1, Math.abs(rate) / FULL_COLOUR) * 43);
  return `color-mix(in srgb, var(${rate > 0 ? '--up' : '--down'}) ${strength}%, var(--surface))`;
}

/** 1.23 → +1.2 */
const short = (rate: number) => formatPercent(rate).replace(/(\d)\d%$/, '$1');

/** A year a row, a month a column; sign and number say what the colour says. Yearly totals as bars at the right. */
export function MonthlyReturns({
  months,
  years,
}: {
  months: readonly (readonly [string, number])[];
  years: readonly { year: string; rate: number }[];
}) {
  const t = useTranslations('report.monthly');
  const byMonth = new Map(months.map(([month, rate]) => [month, rate]));
  const largest = Math.max(0.01, ...years.map(({ rate }) => Math.abs(rate)));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section className="relative overflow-x-auto" tabIndex={0} aria-label={t('label')}>
      <table className="num w-full min-w-[46rem] border-separate border-spacing-0.5 text-xs">
        <thead>
          <tr>
            <th scope="col" className="px-1 py-1 text-left font-medium text-muted">
              {t('year')}
            </th>
            {MONTHS.map((month) => (
              <th key={month} scope="col" className="px-1 py-1 text-right font-medium text-muted">
                {t('month', { month: Number(month) })}
              </th>
            ))}
            <th scope="col" className="w-44 px-2 py-1 text-left font-medium text-muted">
              {t('whole')}
            </th>
          </tr>
        </thead>
        <tbody>
          {years.map(({ year, rate }) => (
            <tr key={year}>
              <th scope="row" className="px-1 text-left font-medium">
                {year}
              </th>
              {MONTHS.map((month) => {
                const value = byMonth.get(`${year}-${month}`);
                return value === undefined ? (
                  <td key={month} className="rounded bg-sunken text-center text-faint">
                    <span className="sr-only">{t('none')}</span>
                  </td>
                ) : (
                  <td
                    key={month}
                    className="h-7 rounded px-1 text-right"
                    style={{ background: shade(value) }}
                    title={`${year}-${month} ${formatPercent(value)}`}
                  >
                    {short(value)}
                  </td>
                );
              })}
              <td className="px-2">
                <div className="grid grid-cols-[3.75rem_1fr] items-center gap-2">
                  <span className={`text-right ${rate > 0 ? 'text-up' : rate < 0 ? 'text-down' : 'text-muted'}`}>
                    {formatPercent(rate)}
                  </span>
                  <span className="relative block h-3 rounded-sm bg-sunken" aria-hidden>
                    <span className="absolute inset-y-0 left-1/2 w-px bg-line-strong" />
                    <span
                      className={`absolute inset-y-0 rounded-sm ${rate > 0 ? 'left-1/2 bg-up-solid' : 'right-1/2 bg-down-solid'}`}
                      style={{ width: `${(Math.abs(rate) / largest) * 50}%` }}
                    />
                  </span>
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
