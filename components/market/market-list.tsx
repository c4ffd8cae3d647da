'use client';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Search, Star } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useMemo, useRef, useState } from 'react';
import { toast } from 'sonner';
import { useDesk } from '#components/desk/desk-context.tsx';
import { formatNumber, formatShortWon } from '#components/numbers/format.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { cn } from '#components/ui/class-names.ts';
import { Input } from '#components/ui/input.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import { Td, THead, Th, Tr } from '#components/ui/table.tsx';
import { ToggleGroup } from '#components/ui/toggle-group.tsx';
import type { InstrumentView } from '#lib/db/market.ts';
import { preferenceRepo, type Watchlist } from '#lib/db/preferences.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { useQuote } from '#lib/realtime/use-quote.ts';
import { LiveChange, LivePrice, useInstrumentName } from './price-cell.tsx';

type View = 'watch' | 'all' | 'KOSPI' | 'KOSDAQ' | 'fund';
const ROW_PX = 44;

/** The watchlist and every instrument, with live quotes for the rows in sight. */
export function MarketList({ instruments, watchlist }: { instruments: readonly InstrumentView[]; watchlist: Watchlist | null }) {
  const t = useTranslations('market');
  const { user } = useDesk();
  const db = useDb();
  const [list, setList] = useState({ id: watchlist?.id ?? null, symbols: watchlist?.symbols ?? [] });
  const [view, setView] = useState<View>(list.symbols.length > 0 ? 'watch' : 'all');
  const [typed, setTyped] = useState('');
  const wanted = typed.trim().toUpperCase();

  const rows = useMemo(() => {
    const bySymbol = new Map(instruments.map((row) => [row.symbol, row]));
    const base =
      view === 'watch' && wanted === ''
        ? list.symbols.flatMap((symbol) => bySymbol.get(symbol) ?? [])
        : instruments.filter((row) => view === 'all' || view === 'watch' || (view === 'fund' ? row.kind !== 'stock' : row.market === view));
    if (wanted === '') return base;
    return base.filter(
      (row) => row.symbol.includes(wanted) || row.nameKo.toUpperCase().includes(wanted) || row.nameEn.toUpperCase().includes(wanted),
    );
  }, [instruments, list.symbols, view, wanted]);

  const toggle = async (symbol: string) => {
    const before = list;
    const symbols = list.symbols.includes(symbol) ? list.symbols.filter((code) => code !== symbol) : [...list.symbols, symbol];
    setList({ id: list.id, symbols });
    try {
      const id = await preferenceRepo(db).saveWatchlist(user.id, { id: list.id, symbols });
      setList((now) => ({ ...now, id }));
    } catch {
      setList(before);
      toast.error(t('watchFailed'));
    }
  };

  return (
    <Card>
      <CardHeader
        title={t(view === 'watch' ? 'watchlist' : 'instruments')}
        detail={t('count', { count: rows.length })}
        className="py-2"
        actions={
          <div className="flex flex-wrap items-center gap-2">
            <ToggleGroup
              label={t('view')}
              value={view}
              onValueChange={setView}
              options={(['watch', 'all', 'KOSPI', 'KOSDAQ', 'fund'] as const).map((value) => ({ value, label: t(`views.${value}`) }))}
            />
            <div className="relative">
              <Search className="absolute top-2 left-2 size-4 text-faint" aria-hidden />
              <Input
                className="h-8 w-44 pl-8"
                type="search"
                aria-label={t('search')}
                placeholder={t('search')}
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
              />
            </div>
          </div>
        }
      />
      {rows.length === 0 ? (
        <EmptyState
          title={t(view === 'watch' && wanted === '' ? 'emptyWatch' : 'emptySearch')}
          action={
            view === 'watch' && wanted === '' ? (
              <Button variant="primary" onClick={() => setView('all')}>
                {t('showAll')}
              </Button>
            ) : (
              <Button onClick={() => setTyped('')}>{t('clearSearch')}</Button>
            )
          }
        >
          {t(view === 'watch' && wanted === '' ? 'emptyWatchBody' : 'emptySearchBody')}
        </EmptyState>
      ) : (
        <VirtualRows rows={rows} watched={list.symbols} onToggle={toggle} />
      )}
    </Card>
  );
}

const COLUMNS = 6;
const WIDE = 'hidden text-right sm:table-cell';

/** Only the rows in sight exist, and only they ask for quotes; two spacers keep the length of the list. */
function VirtualRows({
  rows,
  watched,
  onToggle,
}: {
  rows: readonly InstrumentView[];
  watched: readonly string[];
  onToggle: (symbol: string) => void;
}) {
  const t = useTranslations('market');
  const scroller = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 6,
    initialRect: { width: 800, height: 640 },
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items[items.length - 1]?.end ?? 0);
  return (
    <section
      ref={scroller}
      aria-label={t('instruments')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
      tabIndex={0}
      className="max-h-[calc(100dvh-15rem)] min-h-64 overflow-y-auto focus-visible:outline-offset-[-2px]"
    >
      <table className="w-full table-fixed border-collapse text-sm" aria-rowcount={rows.length + 1}>
        <THead>
          <tr>
            <Th className="w-10 px-2">
              <span className="sr-only">{t('col.watch')}</span>
            </Th>
            <Th className="px-1">{t('col.name')}</Th>
            <Th isNumber className="w-24 px-1">
              {t('col.price')}
            </Th>
            <Th isNumber className="w-36">
              {t('col.change')}
            </Th>
            <Th className={cn(WIDE, 'w-32')}>{t('col.volume')}</Th>
            <Th className={cn(WIDE, 'w-28')}>{t('col.value')}</Th>
          </tr>
        </THead>
        <tbody>
          {before > 0 && <Spacer height={before} />}
          {items.map((item) => {
            const row = rows[item.index] as InstrumentView;
            return (
              <Tr key={row.symbol} aria-rowindex={item.index + 2} style={{ height: ROW_PX }}>
                <InstrumentCells row={row} isWatched={watched.includes(row.symbol)} onToggle={onToggle} />
              </Tr>
            );
          })}
          {after > 0 && <Spacer height={after} />}
        </tbody>
      </table>
    </section>
  );
}

function Spacer({ height }: { height: number }) {
  return (
    <tr aria-hidden style={{ height }}>
      <td colSpan={COLUMNS} />
    </tr>
  );
}

function InstrumentCells({ row, isWatched, onToggle }: { row: InstrumentView; isWatched: boolean; onToggle: (symbol: string) => void }) {
  const t = useTranslations('market');
  const nameOf = useInstrumentName();
  const { locale } = useDesk();
  const quote = useQuote(row.symbol);
  return (
    <>
      <Td className="px-2">
        <Button
          variant="ghost"
          size="icon-sm"
          aria-pressed={isWatched}
          aria-label={t(isWatched ? 'unwatch' : 'watch', { name: nameOf(row) })}
          onClick={() => onToggle(row.symbol)}
        >
          <Star className={cn(isWatched && 'fill-paper-mode text-paper-mode')} aria-hidden />
        </Button>
      </Td>
      <Td className="px-1">
        <Link href={`/market/${row.symbol}`} className="flex min-w-0 flex-col leading-tight hover:underline">
          <span className="truncate font-medium">{nameOf(row)}</span>
          <span className="num flex items-center gap-1.5 truncate text-2xs text-faint">
            {row.symbol}
            <span className="max-sm:hidden"> · {row.market}</span>
            {row.isHalted && <Badge tone="danger">{t('halted')}</Badge>}
          </span>
        </Link>
      </Td>
      <Td isNumber className="px-1 font-medium">
        <LivePrice symbol={row.symbol} fallback={row.basePrice} />
      </Td>
      <Td isNumber className="text-xs">
        <LiveChange symbol={row.symbol} />
      </Td>
      <Td className={cn(WIDE, 'num text-muted text-xs')}>{quote ? formatNumber(quote.volume) : '—'}</Td>
      <Td className={cn(WIDE, 'num text-muted text-xs')}>{quote ? formatShortWon(quote.value, locale) : '—'}</Td>
    </>
  );
}
