'use client';
import { CandlestickChart, House, ListOrdered, Plus, Puzzle } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useTicketSheet } from '#components/order/ticket-sheet.tsx';
import { cn } from '#components/ui/class-names.ts';
import { isCurrent } from './navigation.ts';

const LEFT = [
  { href: '/', label: 'home', icon: House },
  { href: '/market', label: 'watch', icon: CandlestickChart },
] as const;
const RIGHT = [
  { href: '/strategies', label: 'strategy', icon: Puzzle },
  { href: '/orders', label: 'history', icon: ListOrdered },
] as const;

/** 홈 · 관심 · 주문 · 전략 · 내역 */
export function BottomNav() {
  const t = useTranslations('shell.bottom');
  const path = usePathname();
  const { openTicket } = useTicketSheet();
  const link = ({ href, label, icon: Icon }: (typeof LEFT)[number] | (typeof RIGHT)[number]) => (
    <Link
      key={href}
      href={href}
      aria-current={isCurrent(path, href) ? 'page' : undefined}
      className={cn(
        'flex flex-1 flex-col items-center gap-0.5 py-2 font-medium text-2xs text-muted',
        isCurrent(path, href) && 'text-brand',
      )}
    >
      <Icon className="size-5" aria-hidden />
      {t(label)}
    </Link>
  );
  return (
    <nav
      aria-label={t('label')}
      className="fixed inset-x-0 bottom-0 z-30 flex border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {LEFT.map(link)}
      <button
        type="button"
        onClick={() => openTicket(null)}
        className="flex flex-1 flex-col items-center gap-0.5 py-2 font-medium text-2xs text-muted"
      >
        <span className="-mt-4 flex size-9 items-center justify-center rounded-full bg-brand text-on-brand shadow-float">
          <Plus className="size-5" aria-hidden />
        </span>
        {t('order')}
      </button>
      {RIGHT.map(link)}
    </nav>
  );
}
