'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { TicketSheet, TicketSheetProvider } from '#components/order/ticket-sheet.tsx';
import { cn } from '#components/ui/class-names.ts';
import { BottomNav } from './bottom-nav.tsx';
import { useDesk } from './desk-context.tsx';
import { ADMIN_NAV, isCurrent, MAIN_NAV } from './navigation.ts';
import { TopBar } from './top-bar.tsx';
import { WingMark } from './wing-mark.tsx';

/** Left navigation and top bar on a desk, bottom navigation on a phone. */
export function ShellFrame({ children }: { children: ReactNode }) {
  const t = useTranslations('shell');
  return (
    <TicketSheetProvider>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-brand focus:px-3 focus:py-2 focus:text-on-brand"
      >
        {t('skip')}
      </a>
      <div className="flex min-h-dvh">
        <SideNav />
        <div className="flex min-w-0 flex-1 flex-col">
          <TopBar />
          <main id="content" tabIndex={-1} className="mx-auto w-full max-w-[1600px] flex-1 p-3 pb-24 outline-none md:p-5 md:pb-8">
            {children}
          </main>
        </div>
      </div>
      <BottomNav />
      <TicketSheet />
    </TicketSheetProvider>
  );
}

function SideNav() {
  const t = useTranslations('shell');
  const path = usePathname();
  const { user } = useDesk();
  const entries = user.isAdmin ? [...MAIN_NAV, ADMIN_NAV] : MAIN_NAV;
  return (
    <nav aria-label={t('mainNav')} className="sticky top-0 hidden h-dvh w-14 shrink-0 flex-col border-r bg-surface md:flex xl:w-48">
      <Link href="/" className="flex h-13 items-center gap-2 border-b px-3.5 font-bold text-lg tracking-tight" aria-label={t('brand')}>
        <WingMark className="size-6 text-brand" />
        <span className="hidden xl:inline">{t('brand')}</span>
      </Link>
      <ul className="flex flex-1 flex-col gap-0.5 overflow-y-auto p-2">
        {entries.map(({ href, label, icon: Icon }) => (
          <li key={href}>
            <Link
              href={href}
              title={t(`nav.${label}`)}
              aria-current={isCurrent(path, href) ? 'page' : undefined}
              className={cn(
                'flex h-9 items-center gap-2.5 rounded-md px-2.5 font-medium text-muted text-sm hover:bg-raised hover:text-text',
                isCurrent(path, href) && 'bg-brand-soft text-brand hover:bg-brand-soft hover:text-brand',
              )}
            >
              <Icon className="size-4.5 shrink-0" aria-hidden />
              <span className="hidden xl:inline">{t(`nav.${label}`)}</span>
              <span className="sr-only xl:hidden">{t(`nav.${label}`)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
