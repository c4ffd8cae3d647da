'use client';
import {
  CandlestickSeries,
  ColorType,
  createChart,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type MouseEventParams,
  type Time,
} from 'lightweight-charts';
import { useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import { useEffect, useRef, useState } from 'react';
import { changeColour } from '#components/numbers/change.tsx';
import { formatNumber } from '#components/numbers/format.ts';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { cn } from '#components/ui/class-names.ts';
import { EmptyState, ErrorState, Skeleton } from '#components/ui/states.tsx';
import { ToggleGroup } from '#components/ui/toggle-group.tsx';
import { useQuote } from '#lib/realtime/use-quote.ts';
import type { ChartBar, Timeframe } from './chart-bars.ts';

/** Reads the colours of the theme in force. */
function themeColours(element: HTMLElement) {
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: of('--muted'),
    line: of('--line'),
    up: of('--up'),
    down: of('--down'),
  };
}

type Load = { state: 'loading' } | { state: 'failed' } | { state: 'ready'; bars: readonly ChartBar[] };

/** Candles over volume; the last day follows the live quote. */
export function CandleChart({ symbol }: { symbol: string }) {
  const t = useTranslations('market');
  const [timeframe, setTimeframe] = useState<Timeframe>('1d');
  const [load, setLoad] = useState<Load>({ state: 'loading' });
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn is a wish to read again.
  useEffect(() => {
    const abort = new AbortController();
    setLoad({ state: 'loading' });
    fetch(`/api/market/bars?symbol=${symbol}&timeframe=${timeframe}&chunks=${timeframe === '1d' ? 3 : 5}`, { signal: abort.signal })
      .then(async (answer) => {
        if (!answer.ok) throw new Error(`bars answered ${answer.status}`);
        setLoad({ state: 'ready', bars: ((await answer.json()) as { bars: ChartBar[] }).bars });
      })
      .catch(() => abort.signal.aborted || setLoad({ state: 'failed' }));
    return () => abort.abort();
  }, [symbol, timeframe, turn]);
  return (
    <Card className="flex flex-col">
      <CardHeader
        title={t('chart')}
        detail={t('rawPrices')}
        actions={
          <ToggleGroup
            label={t('timeframe')}
            value={timeframe}
            onValueChange={setTimeframe}
            options={[
              { value: '1d', label: t('daily') },
              { value: '1m', label: t('minutes') },
            ]}
          />
        }
      />
      <div className="relative h-[22rem] xl:h-[28rem]">
        {load.state === 'loading' && <Skeleton className="absolute inset-3" />}
        {load.state === 'failed' && (
          <ErrorState
            title={t('barsFailed')}
            action={
              <button type="button" className="text-brand hover:underline" onClick={() => setTurn((value) => value + 1)}>
                {t('again')}
              </button>
            }
          />
        )}
        {load.state === 'ready' && load.bars.length === 0 && <EmptyState title={t('noBars')}>{t('noBarsBody')}</EmptyState>}
        {load.state === 'ready' && load.bars.length > 0 && (
          <Canvas key={timeframe} symbol={symbol} bars={load.bars} timeframe={timeframe} />
        )}
      </div>
    </Card>
  );
}

function Canvas({ symbol, bars, timeframe }: { symbol: string; bars: readonly ChartBar[]; timeframe: Timeframe }) {
  const t = useTranslations('market');
  const { resolvedTheme } = useTheme();
  const holder = useRef<HTMLElement>(null);
  const parts = useRef<{ chart: IChartApi; candles: ISeriesApi<'Candlestick'>; volume: ISeriesApi<'Histogram'> } | null>(null);
  const [hovered, setHovered] = useState<ChartBar | null>(null);
  const quote = useQuote(symbol);
  const last = bars[bars.length - 1] as ChartBar;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new theme has new colours, so the chart is drawn again.
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const colour = themeColours(element);
    const chart = createChart(element, {
      autoSize: true,
      layout: {
        background: { type: ColorType.Solid, color: 'transparent' },
        textColor: colour.text,
        fontFamily: getComputedStyle(element).fontFamily,
        attributionLogo: true,
        panes: { separatorColor: colour.line, separatorHoverColor: colour.line },
      },
      grid: { vertLines: { color: colour.line }, horzLines: { color: colour.line } },
      rightPriceScale: { borderColor: colour.line },
      timeScale: { borderColor: colour.line, timeVisible: timeframe === '1m' },
      localization: { priceFormatter: (price: number) => formatNumber(Math.round(price)) },
    });
    const candles = chart.addSeries(CandlestickSeries, {
      upColor: colour.up,
      borderUpColor: colour.up,
      wickUpColor: colour.up,
      downColor: colour.down,
      borderDownColor: colour.down,
      wickDownColor: colour.down,
      priceFormat: { type: 'price', precision: 0, minMove: 1 },
    });
    const volume = chart.addSeries(
      HistogramSeries,
      { priceFormat: { type: 'volume' }, priceLineVisible: false, lastValueVisible: false },
      1,
    );
    candles.setData(bars.map((bar) => ({ ...bar, time: bar.time as Time })));
    volume.setData(
      bars.map((bar) => ({
        time: bar.time as Time,
        value: bar.volume,
        color: bar.close >= bar.open ? `${colour.up}66` : `${colour.down}66`,
      })),
    );
    chart.panes()[1]?.setHeight(80);
    chart.timeScale().setVisibleLogicalRange({ from: bars.length - 120, to: bars.length + 3 });
    const onMove = (event: MouseEventParams) =>
      setHovered((event.time === undefined ? null : bars.find((bar) => bar.time === event.time)) ?? null);
    chart.subscribeCrosshairMove(onMove);
    parts.current = { chart, candles, volume };
    return () => {
      parts.current = null;
      chart.remove();
    };
  }, [bars, timeframe, resolvedTheme]);

  // Today's candle grows with the live quote.
  useEffect(() => {
    if (!quote?.tradedAt || timeframe !== '1d' || quote.open === 0) return;
    const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul' }).format(new Date(quote.tradedAt));
    if (day < String(last.time)) return;
    parts.current?.candles.update({ time: day as Time, open: quote.open, high: quote.high, low: quote.low, close: quote.last });
  }, [quote, timeframe, last.time]);

  const shown = hovered ?? last;
  const rise = shown.close - shown.open;
  return (
    <>
      <figure
        ref={holder}
        className="absolute inset-0"
        aria-label={t('chartSummary', { from: String(bars[0]?.time), to: String(last.time), close: formatNumber(last.close) })}
      />
      <p className="num pointer-events-none absolute top-2 left-3 z-10 flex flex-wrap gap-x-2.5 rounded bg-surface/80 px-1 text-2xs text-muted">
        {timeframe === '1d' && <span>{String(shown.time)}</span>}
        {(['open', 'high', 'low', 'close'] as const).map((name) => (
          <span key={name}>
            {t(`ohlc.${name}`)} <span className={cn(changeColour(rise))}>{formatNumber(shown[name])}</span>
          </span>
        ))}
        <span>
          {t('ohlc.volume')} {formatNumber(shown.volume)}
        </span>
      </p>
    </>
  );
}
