'use client';
import {
  CandlestickSeries,
  ColorType,
  createChart,
  createSeriesMarkers,
  type IChartApi,
  type MouseEventParams,
  type SeriesMarker,
  type Time,
} from 'lightweight-charts';
import { useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import { useEffect, useRef, useState } from 'react';
import type { ChartBar } from '#components/market/chart-bars.ts';
import { formatNumber } from '#components/numbers/format.ts';
import { EmptyState, ErrorState, Skeleton } from '#components/ui/states.tsx';

/** A round trip as the chart draws it: where it was really filled. */
export interface DrawnTrade {
  readonly seq: number;
  readonly entryDay: string;
  readonly entryPrice: number;
  readonly exitDay: string;
  readonly exitPrice: number;
  readonly quantity: number;
  readonly pnl: number;
}

type Load = { state: 'loading' } | { state: 'failed' } | { state: 'ready'; bars: readonly ChartBar[] };
interface Props {
  readonly symbol: string;
  readonly trades: readonly DrawnTrade[];
  /** Shown closer, with its two prices as lines. */
  readonly chosen: number | null;
  readonly onChoose: (seq: number) => void;
}
/** Bars shown on each side of the chosen trade. */
const AROUND = 40;
/** Years of daily bars asked for. */
const CHUNKS = 20;

/** Daily candles of one symbol with every fill of the run at its true price. */
export function TradeChart(props: Props) {
  const t = useTranslations('report.chart');
  const [load, setLoad] = useState<Load>({ state: 'loading' });
  useEffect(() => {
    const abort = new AbortController();
    setLoad({ state: 'loading' });
    fetch(`/api/market/bars?symbol=${props.symbol}&timeframe=1d&chunks=${CHUNKS}`, { signal: abort.signal })
      .then(async (answer) => {
        if (!answer.ok) throw new Error(`bars answered ${answer.status}`);
        setLoad({ state: 'ready', bars: ((await answer.json()) as { bars: ChartBar[] }).bars });
      })
      .catch(() => abort.signal.aborted || setLoad({ state: 'failed' }));
    return () => abort.abort();
  }, [props.symbol]);
  if (load.state === 'loading') return <Skeleton className="m-3 h-80" />;
  if (load.state === 'failed') return <ErrorState title={t('failed')}>{t('failedBody')}</ErrorState>;
  const first = String(load.bars[0]?.time ?? '9999');
  const last = String(load.bars.at(-1)?.time ?? '');
  const isCovered = props.trades.some((trade) => trade.exitDay >= first && trade.entryDay <= last);
  if (!isCovered) return <EmptyState title={t('noBars')}>{t('noBarsBody')}</EmptyState>;
  return <Canvas {...props} bars={load.bars} />;
}

function Canvas({ bars, trades, chosen, onChoose, symbol }: Props & { bars: readonly ChartBar[] }) {
  const t = useTranslations('report.chart');
  const { resolvedTheme } = useTheme();
  const holder = useRef<HTMLElement>(null);
  const latest = useRef(onChoose);
  useEffect(() => {
    latest.current = onChoose;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new theme has new colours, so the chart is drawn again.
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const style = getComputedStyle(element);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const chart: IChartApi = createChart(element, {
      autoSize: true,
      layout: {
        background: { type: ColorType.Solid, color: 'transparent' },
        textColor: colour('--muted'),
        fontFamily: style.fontFamily,
        attributionLogo: true,
      },
      grid: { vertLines: { color: colour('--line') }, horzLines: { color: colour('--line') } },
      rightPriceScale: { borderColor: colour('--line') },
      timeScale: { borderColor: colour('--line'), minBarSpacing: 0.1 },
      localization: { priceFormatter: (price: number) => formatNumber(Math.round(price)) },
    });
    const [up, down] = [colour('--up'), colour('--down')];
    const candles = chart.addSeries(CandlestickSeries, {
      upColor: up,
      borderUpColor: up,
      wickUpColor: up,
      downColor: down,
      borderDownColor: down,
      wickDownColor: down,
      priceFormat: { type: 'price', precision: 0, minMove: 1 },
      priceLineVisible: false,
    });
    candles.setData(bars.map(({ time, open, high, low, close }) => ({ time: time as Time, open, high, low, close })));
    const days = bars.map(({ time }) => String(time));
    const has = new Set(days);
    const markers = trades.flatMap((trade): SeriesMarker<Time>[] => {
      const size = trade.seq === chosen ? 2 : 1;
      const text = trade.seq === chosen ? (price: number) => `${formatNumber(trade.quantity)} @ ${formatNumber(price)}` : () => undefined;
      const fill = (day: string, price: number, isBuy: boolean): SeriesMarker<Time>[] =>
        has.has(day)
          ? [
              {
                id: String(trade.seq),
                time: day as Time,
                position: 'atPriceMiddle',
                price,
                shape: isBuy ? 'arrowUp' : 'arrowDown',
                color: isBuy ? colour('--brand') : colour('--warn'),
                size,
                ...(text(price) ? { text: text(price) as string } : {}),
              },
            ]
          : [];
      return [...fill(trade.entryDay, trade.entryPrice, true), ...fill(trade.exitDay, trade.exitPrice, false)];
    });
    createSeriesMarkers(
      candles,
      markers.sort((a, b) => (String(a.time) < String(b.time) ? -1 : 1)),
    );
    const focus = trades.find((trade) => trade.seq === chosen);
    if (focus) {
      const line = (price: number, color: string, title: string) =>
        candles.createPriceLine({ price, color, title, lineWidth: 1, lineStyle: 2, axisLabelVisible: true });
      line(focus.entryPrice, colour('--brand'), t('entry'));
      line(focus.exitPrice, colour('--warn'), t('exit'));
      const from = days.findIndex((day) => day >= focus.entryDay);
      const to = days.findLastIndex((day) => day <= focus.exitDay);
      chart.timeScale().setVisibleLogicalRange({ from: from - AROUND, to: to + AROUND });
    } else {
      chart.timeScale().fitContent();
    }
    const onClick = (event: MouseEventParams) => {
      const id = typeof event.hoveredObjectId === 'string' ? Number(event.hoveredObjectId) : Number.NaN;
      const day = String(event.time ?? '');
      const seq = Number.isInteger(id) ? id : trades.find((trade) => trade.entryDay <= day && day <= trade.exitDay)?.seq;
      if (seq !== undefined) latest.current(seq);
    };
    chart.subscribeClick(onClick);
    return () => chart.remove();
  }, [bars, trades, chosen, resolvedTheme, t]);
  return (
    <div className="relative h-80 overflow-hidden">
      <figure ref={holder} className="absolute inset-0" aria-label={t('label', { symbol, count: trades.length })} />
    </div>
  );
}
