'use client';
import { useTranslations } from 'next-intl';
import { formatAge } from '#components/numbers/format.ts';
import { cn } from '#components/ui/class-names.ts';
import { useLink } from '#lib/realtime/context.tsx';
import { olderOf } from '#lib/realtime/reading.ts';
import { useNow } from '#lib/realtime/use-now.ts';
import { useDesk } from './desk-context.tsx';

/** 실시간, for how long the link has been lost, or how old the screen is because it could not be read again. */
export function ConnectionChip() {
  const t = useTranslations('shell.link');
  const { locale, staleSince } = useDesk();
  const link = useLink();
  const now = useNow(1_000);
  const isDown = link.state === 'down';
  const isLost = isDown || staleSince !== null;
  const since = olderOf(staleSince, isDown ? link.lastLiveAt : null);
  const age = now !== null && since !== null ? formatAge(Math.max(0, now - since), locale) : null;
  return (
    <span
      role="status"
      title={t('reconnects', { count: link.reconnects })}
      className={cn(
        'inline-flex h-7 items-center gap-1.5 whitespace-nowrap rounded-full border px-2 text-xs sm:px-2.5',
        !isLost && link.state === 'live' && 'border-ok/40 text-ok',
        !isLost && link.state === 'connecting' && 'text-muted',
        isLost && 'border-danger/50 bg-danger-soft text-danger',
      )}
    >
      <span className={cn('size-2 rounded-full', isLost ? 'bg-danger' : link.state === 'live' ? 'bg-ok' : 'bg-faint')} aria-hidden />
      <span className={cn(!isLost && 'sr-only sm:not-sr-only')}>
        {isLost && age ? t(isDown ? 'down' : 'stale', { age }) : t(link.state === 'live' ? 'live' : 'connecting')}
      </span>
    </span>
  );
}
