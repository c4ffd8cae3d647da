'use client';
import { useTranslations } from 'next-intl';
import { formatAge } from '#components/numbers/format.ts';
import { cn } from '#components/ui/class-names.ts';
import { useLink } from '#lib/realtime/context.tsx';
import { useNow } from '#lib/realtime/use-now.ts';
import { useDesk } from './desk-context.tsx';

/** 실시간, or for how long the link has been lost. */
export function ConnectionChip() {
  const t = useTranslations('shell.link');
  const { locale } = useDesk();
  const link = useLink();
  const now = useNow(1_000);
  const lostFor = now !== null && link.lastLiveAt !== null ? formatAge(now - link.lastLiveAt, locale) : null;
  const isLost = link.state === 'down';
  return (
    <span
      role="status"
      title={t('reconnects', { count: link.reconnects })}
      className={cn(
        'inline-flex h-7 items-center gap-1.5 whitespace-nowrap rounded-full border px-2 text-xs sm:px-2.5',
        link.state === 'live' && 'border-ok/40 text-ok',
        link.state === 'connecting' && 'text-muted',
        isLost && 'border-danger/50 bg-danger-soft text-danger',
      )}
    >
      <span className={cn('size-2 rounded-full', link.state === 'live' ? 'bg-ok' : isLost ? 'bg-danger' : 'bg-faint')} aria-hidden />
      <span className={cn(!isLost && 'sr-only sm:not-sr-only')}>
        {isLost && lostFor ? t('down', { age: lostFor }) : t(link.state === 'live' ? 'live' : 'connecting')}
      </span>
    </span>
  );
}
