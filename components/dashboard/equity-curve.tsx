'use client';
import { useTranslations } from 'next-intl';
import { Area, AreaChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { formatAxisWon, formatClock, formatWon } from '#components/numbers/format.ts';
import { EmptyState } from '#components/ui/states.tsx';
import type { Locale } from '#lib/i18n/locale.ts';

export interface EquityPoint {
  readonly at: string;
  readonly netAssets: number;
}

/** Net assets of the day. Its colour says whether the day is above its start. */
export function EquityCurve({ points, locale }: { points: readonly EquityPoint[]; locale: Locale }) {
  const t = useTranslations('dashboard');
  const [first, last] = [points[0], points[points.length - 1]];
  if (!first || !last || points.length < 2) return <EmptyState title={t('noCurve')}>{t('noCurveBody')}</EmptyState>;
  const colour = last.netAssets >= first.netAssets ? 'var(--up)' : 'var(--down)';
  const data = points.map((point) => ({ at: Date.parse(point.at), netAssets: point.netAssets }));
  return (
    <figure
      className="h-44 w-full"
      aria-label={t('curveSummary', { from: formatWon(first.netAssets, locale), to: formatWon(last.netAssets, locale) })}
    >
      <ResponsiveContainer width="100%" height="100%">
        <AreaChart data={data} margin={{ top: 8, right: 12, bottom: 0, left: 0 }}>
          <defs>
            <linearGradient id="equity-fill" x1="0" y1="0" x2="0" y2="1">
              <stop offset="0" stopColor={colour} stopOpacity={0.25} />
              <stop offset="1" stopColor={colour} stopOpacity={0} />
            </linearGradient>
          </defs>
          <XAxis
            dataKey="at"
            type="number"
            domain={['dataMin', 'dataMax']}
            tickFormatter={(at: number) => formatClock(at).slice(0, 5)}
            stroke="var(--faint)"
            tick={{ fontSize: 11 }}
            tickLine={false}
            axisLine={false}
            minTickGap={48}
          />
          <YAxis
            domain={['auto', 'auto']}
            orientation="right"
            width={64}
            tickFormatter={(won: number) => formatAxisWon(won, locale)}
            stroke="var(--faint)"
            tick={{ fontSize: 11 }}
            tickLine={false}
            axisLine={false}
          />
          <Tooltip
            isAnimationActive={false}
            contentStyle={{ background: 'var(--raised)', border: '1px solid var(--line)', borderRadius: 6, fontSize: 12 }}
            labelFormatter={(at) => formatClock(Number(at))}
            formatter={(won) => [formatWon(Number(won), locale), t('netAssets')]}
          />
          <Area
            type="stepAfter"
            dataKey="netAssets"
            stroke={colour}
            strokeWidth={1.75}
            fill="url(#equity-fill)"
            isAnimationActive={false}
          />
        </AreaChart>
      </ResponsiveContainer>
    </figure>
  );
}
