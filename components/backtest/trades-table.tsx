'use client';
import { createColumnHelper, createSortedRowModel, rowSortingFeature, sortFns, tableFeatures, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp, Download } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useMemo, useRef } from 'react';
import { changeColour } from '#components/numbers/change.tsx';
import { formatNumber, formatPercent } from '#components/numbers/format.ts';
import { Button } from '#components/ui/button.tsx';
import { cn } from '#components/ui/class-names.ts';
import { download } from '#components/ui/download.ts';
import type { TradeView } from '#lib/db/backtests.ts';
import { tradesCsv } from './group-trades.ts';
import { useExitReason } from './use-exit-reason.ts';

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel(), sortFns });
const helper = createColumnHelper<typeof features, TradeView>();
const columns = helper.columns([
  helper.accessor('symbol', { id: 'symbol' }),
  helper.accessor('entryDay', { id: 'entryDay' }),
  helper.accessor('entryPrice', { id: 'entryPrice' }),
  helper.accessor('exitDay', { id: 'exitDay' }),
  helper.accessor('exitPrice', { id: 'exitPrice' }),
  helper.accessor('quantity', { id: 'quantity' }),
  helper.accessor('pnl', { id: 'pnl' }),
  helper.accessor('returnRate', { id: 'returnRate' }),
  helper.accessor('barsHeld', { id: 'barsHeld' }),
  helper.accessor('mae', { id: 'mae' }),
  helper.accessor('mfe', { id: 'mfe' }),
  helper.accessor('exitReason', { id: 'exitReason' }),
]);
type ColumnId =
  | 'symbol'
  | 'entryDay'
  | 'entryPrice'
  | 'exitDay'
  | 'exitPrice'
  | 'quantity'
  | 'pnl'
  | 'returnRate'
  | 'barsHeld'
  | 'mae'
  | 'mfe'
  | 'exitReason';

const TEXT_COLUMNS: readonly string[] = ['symbol', 'entryDay', 'exitDay', 'exitReason'];
const WIDTHS = '6.5rem 6.5rem 6rem 6.5rem 6rem 5.5rem 7rem 5.5rem 4.5rem 5.5rem 5.5rem 7rem';
const ROW_PX = 34;

/** Every trade; only the visible rows are drawn. A row shows its trade on the chart, and the chart's choice scrolls the table. */
export function TradesTable(props: {
  trades: readonly TradeView[];
  chosen: number | null;
  onChoose: (trade: TradeView) => void;
  nameOf: (symbol: string) => string | undefined;
  fileName: string;
}) {
  const t = useTranslations('report.trades');
  const reason = useExitReason();
  const data = useMemo(() => [...props.trades], [props.trades]);
  const table = useTable({
    features,
    columns,
    data,
    initialState: { sorting: [{ id: 'exitDay', desc: false }] },
    getRowId: (trade) => String(trade.seq),
  });
  const { rows } = table.getRowModel();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new choice scrolls; sorting keeps the place.
  useEffect(() => {
    const at = rows.findIndex((row) => row.original.seq === props.chosen);
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
  }, [props.chosen]);
  const save = () => download(`${props.fileName}.csv`, tradesCsv(props.trades), 'text/csv;charset=utf-8');
  const cell = (trade: TradeView, id: ColumnId) => {
    switch (id) {
      case 'symbol':
        return <span title={props.nameOf(trade.symbol)}>{props.nameOf(trade.symbol) ?? trade.symbol}</span>;
      case 'entryPrice':
      case 'exitPrice':
      case 'quantity':
      case 'barsHeld':
        return formatNumber(trade[id]);
      case 'pnl':
        return <span className={changeColour(trade.pnl)}>{formatNumber(trade.pnl)}</span>;
      case 'returnRate':
        return <span className={changeColour(trade.returnRate)}>{formatPercent(trade.returnRate)}</span>;
      case 'mae':
      case 'mfe':
        return formatPercent(trade[id]);
      case 'exitReason':
        return reason(trade.exitReason);
      default:
        return trade[id];
    }
  };
  return (
    <div>
      <div className="flex items-center justify-between gap-2 px-4 py-2">
        <p className="text-muted text-xs">{t('hint')}</p>
        <Button size="sm" onClick={save}>
          <Download aria-hidden />
          CSV
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section ref={scroller} className="max-h-[26rem] overflow-auto border-t" tabIndex={0} aria-label={t('label')}>
        {/* biome-ignore lint/a11y/useSemanticElements: rows are placed by hand, which a table element does not allow. */}
        <div role="table" aria-label={t('label')} aria-rowcount={rows.length + 1} className="min-w-[73rem] text-xs">
          {/* biome-ignore lint/a11y/useSemanticElements: see above. */}
          <div role="rowgroup" className="sticky top-0 z-10 border-b bg-surface">
            {/* biome-ignore lint/a11y/useSemanticElements: see above. */}
            <div role="row" tabIndex={-1} className="grid" style={{ gridTemplateColumns: WIDTHS }}>
              {table.getHeaderGroups()[0]?.headers.map((header) => {
                const sorted = header.column.getIsSorted();
                const id = header.column.id as ColumnId;
                return (
                  // biome-ignore lint/a11y/useSemanticElements: see above.
                  <div
                    key={header.id}
                    role="columnheader"
                    tabIndex={-1}
                    aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : 'none'}
                    className="min-w-0"
                  >
                    <button
                      type="button"
                      onClick={header.column.getToggleSortingHandler()}
                      className={cn(
                        'flex h-8 w-full items-center gap-1 px-2 font-medium text-muted hover:text-text focus-visible:outline-offset-[-2px]',
                        !TEXT_COLUMNS.includes(id) && 'justify-end',
                      )}
                    >
                      {t(`column.${id}`)}
                      {sorted === 'asc' && <ArrowUp className="size-3" aria-hidden />}
                      {sorted === 'desc' && <ArrowDown className="size-3" aria-hidden />}
                    </button>
                  </div>
                );
              })}
            </div>
          </div>
          {/* biome-ignore lint/a11y/useSemanticElements: see above. */}
          <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((item) => {
              const trade = rows[item.index]!.original;
              const isChosen = trade.seq === props.chosen;
              return (
                // biome-ignore lint/a11y/useSemanticElements: see above.
                <div
                  key={trade.seq}
                  role="row"
                  tabIndex={0}
                  aria-rowindex={item.index + 2}
                  aria-selected={isChosen}
                  onClick={() => props.onChoose(trade)}
                  onKeyDown={(event) => {
                    if (event.key !== 'Enter' && event.key !== ' ') return;
                    event.preventDefault();
                    props.onChoose(trade);
                  }}
                  className={cn(
                    'absolute inset-x-0 grid cursor-pointer items-center border-line/60 border-b hover:bg-raised focus-visible:outline-offset-[-2px]',
                    isChosen && 'bg-brand-soft hover:bg-brand-soft',
                  )}
                  style={{ gridTemplateColumns: WIDTHS, height: ROW_PX, transform: `translateY(${item.start}px)` }}
                >
                  {columns.map(({ id }) => (
                    // biome-ignore lint/a11y/useSemanticElements: see above.
                    <div key={id} role="cell" className={cn('num truncate px-2', !TEXT_COLUMNS.includes(id ?? '') && 'text-right')}>
                      {cell(trade, id as ColumnId)}
                    </div>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      </section>
    </div>
  );
}
