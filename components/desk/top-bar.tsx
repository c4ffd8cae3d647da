'use client';
import { Search } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { formatClock } from '#components/numbers/format.ts';
import { Button } from '#components/ui/button.tsx';
import { cn } from '#components/ui/class-names.ts';
import { Select } from '#components/ui/select.tsx';
import { CommandPalette } from './command-palette.tsx';
import { ConnectionChip } from './connection-chip.tsx';
import { useDesk, useMarketState } from './desk-context.tsx';
import { ModeBadge } from './mode-badge.tsx';
import { PanicBar } from './panic-bar.tsx';
import { UserMenu } from './user-menu.tsx';
import { WingMark } from './wing-mark.tsx';

/** Mode, account, search, link, halt state, panic buttons, display: always in sight. */
export function TopBar() {
  const t = useTranslations('shell');
  const { account, accounts, selectAccount } = useDesk();
  const [isSearching, setIsSearching] = useState(false);
  const active = accounts.filter((row) => row.isActive);
  return (
    <header className={cn('sticky top-0 z-20 border-b bg-surface', account && !account.isPaper && 'border-t-2 border-t-danger-solid')}>
      <div className="flex h-13 items-center gap-2 px-3 md:px-5">
        <Link href="/" className="md:hidden" aria-label={t('brand')}>
          <WingMark className="size-6 text-brand" />
        </Link>
        {account && <ModeBadge isPaper={account.isPaper} />}
        {active.length > 0 && account ? (
          <Select
            label={t('accountSelect')}
            className="h-8 w-32 min-w-0 sm:w-44"
            value={account.id}
            onValueChange={selectAccount}
            options={active.map((row) => ({
              value: row.id,
              label: row.label || row.mask,
              hint: `${row.mask} · ${t(row.isPaper ? 'paperMode' : 'realMode')}`,
            }))}
          />
        ) : (
          <Link href="/accounts" className="text-brand text-sm underline-offset-4 hover:underline">
            {t('addAccount')}
          </Link>
        )}
        <Button
          variant="secondary"
          className="hidden h-8 w-56 justify-start text-faint lg:inline-flex"
          onClick={() => setIsSearching(true)}
        >
          <Search aria-hidden />
          {t('search')}
          <kbd className="ml-auto rounded border px-1 text-2xs">/</kbd>
        </Button>
        <div className="ml-auto flex items-center gap-1.5">
          <MarketClock />
          <ConnectionChip />
          <div className="hidden md:block">
            <PanicBar />
          </div>
          <Button variant="ghost" size="icon" className="lg:hidden" aria-label={t('search')} onClick={() => setIsSearching(true)}>
            <Search aria-hidden />
          </Button>
          <UserMenu />
        </div>
      </div>
      <div className="flex items-center border-t px-3 py-1.5 md:hidden">
        <PanicBar />
      </div>
      <CommandPalette isOpen={isSearching} onOpenChange={setIsSearching} />
    </header>
  );
}

/** 장중 until, or when orders are taken again. */
function MarketClock() {
  const t = useTranslations('shell');
  const state = useMarketState();
  if (!state) return <span className="hidden w-28 xl:block" />;
  return (
    <span className="num hidden whitespace-nowrap text-muted text-xs xl:block">
      {state.kind === 'open'
        ? t('marketOpen', { session: t(`session.${state.session as 'regular'}`), time: formatClock(state.closeAt).slice(0, 5) })
        : t('marketClosed')}
    </span>
  );
}
