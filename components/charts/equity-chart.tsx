'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import { Area, AreaChart, CartesianGrid, Line, LineChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { formatPercent, formatShortWon, formatWon } from '#components/numbers/format.ts';
import { cn } from '#components/ui/class-names.ts';
import { ToggleGroup } from '#components/ui/toggle-group.tsx';
import { toLocale } from '#lib/i18n/locale.ts';
import { thinSeries } from './thin-series.ts';

type Point = readonly [day: string, equity: number, drawdown: number];
/** More points than a wide screen, or a narrow place, has pixels to show them. */
const MOST_POINTS = 1_200;
const COMPACT_POINTS = 400;
const AXIS = { fontSize: 11, fill: 'var(--muted)' } as const;

/** Equity, and under it on the same days how far it is below its high; `isCompact` is the equity line alone, for a narrow place. */
export function EquityChart({ points, capital, isCompact }: { points: readonly Point[]; capital: number; isCompact?: boolean }) {
  const t = useTranslations('report');
  const locale = toLocale(useLocale());
  const [scale, setScale] = useState<'linear' | 'log'>('linear');
  const most = isCompact ? COMPACT_POINTS : MOST_POINTS;
  const data = useMemo(() => thinSeries(points, most).map(([day, equity, drawdown]) => ({ day, equity, drawdown })), [points, most]);
  const worst = points.reduce((deepest, point) => Math.min(deepest, point[2]), 0);
  const last = points.at(-1);
  const months = {
    dataKey: 'day',
    tick: AXIS,
    minTickGap: 56,
    tickFormatter: (day: string) => day.slice(0, 7),
    stroke: 'var(--line-strong)',
  } as const;
  const tooltip = {
    isAnimationActive: false,
    contentStyle: { background: 'var(--raised)', border: '1px solid var(--line)', borderRadius: 6, fontSize: 12, color: 'var(--text)' },
    labelStyle: { color: 'var(--muted)' },
  } as const;
  return (
    <div>
      <div className="mb-2 flex items-center justify-between gap-2 px-1">
        <p className="num text-muted text-xs">
          {last &&
            t('equity.summary', {
              from: points[0]?.[0] ?? '',
              to: last[0],
              equity: formatWon(last[1], locale),
              worst: formatPercent(worst),
            })}
        </p>
        {!isCompact && (
          <ToggleGroup
            label={t('equity.scale')}
            value={scale}
            onValueChange={setScale}
            options={[
              { value: 'linear', label: t('equity.linear') },
              { value: 'log', label: t('equity.log') },
            ]}
          />
        )}
      </div>
      <div className={cn('overflow-hidden', isCompact ? 'h-44' : 'h-72')} role="img" aria-label={t('equity.label')}>
        <ResponsiveContainer width="100%" height="100%">
          <LineChart data={data} syncId="equity" margin={{ top: 8, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid stroke="var(--line)" vertical={false} />
            <XAxis {...months} hide={!isCompact} />
            <YAxis
              width={64}
              tick={AXIS}
              stroke="var(--line-strong)"
              scale={scale}
              domain={['auto', 'auto']}
              allowDataOverflow={scale === 'log'}
              tickFormatter={(value: number) => formatShortWon(value, locale)}
            />
            <Tooltip {...tooltip} formatter={(value) => [formatWon(Number(value), locale), t('equity.name')]} />
            <ReferenceLine y={capital} stroke="var(--line-strong)" strokeDasharray="4 4" />
            <Line dataKey="equity" stroke="var(--brand)" strokeWidth={1.6} dot={false} isAnimationActive={false} />
          </LineChart>
        </ResponsiveContainer>
      </div>
      {!isCompact && (
        <div className="h-36 overflow-hidden" role="img" aria-label={t('equity.drawdownLabel')}>
          <ResponsiveContainer width="100%" height="100%">
            <AreaChart data={data} syncId="equity" margin={{ top: 8, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
              <CartesianGrid stroke="var(--line)" vertical={false} />
              <XAxis {...months} />
              <YAxis
                width={64}
                tick={AXIS}
                stroke="var(--line-strong)"
                domain={['auto', 0]}
                tickFormatter={(value: number) => `${Number((value * 100).toFixed(1))}%`}
              />
              <Tooltip {...tooltip} formatter={(value) => [formatPercent(Number(value)), t('equity.drawdown')]} />
              <Area
                dataKey="drawdown"
                stroke="var(--down)"
                fill="var(--down)"
                fillOpacity={0.22}
                strokeWidth={1.2}
                isAnimationActive={false}
              />
            </AreaChart>
          </ResponsiveContainer>
        </div>
      )}
    </div>
  );
}
