'use client';
import { useTranslations } from 'next-intl';
import { formatAge } from '#components/numbers/format.ts';
import { StaleNote } from '#components/ui/states.tsx';
import { useLink } from '#lib/realtime/context.tsx';
import { olderOf } from '#lib/realtime/reading.ts';
import { useNow } from '#lib/realtime/use-now.ts';
import { useDesk } from './desk-context.tsx';

/**
 * Above values that may be old: how old, and why. `since`: of the reading that brings them (see `Reading`), null while that is good.
 * `isPolled`: no messages bring them, so that a lost link says nothing of them.
 */
export function StaleStrip({ since, isPolled = false }: { since: number | null; isPolled?: boolean }) {
  const t = useTranslations('common');
  const { locale } = useDesk();
  const link = useLink();
  const now = useNow(5_000);
  const isDown = !isPolled && link.state === 'down';
  const oldest = olderOf(since, isDown ? link.lastLiveAt : null);
  if (now === null || oldest === null) return null;
  return <StaleNote>{t(isDown ? 'staleNote' : 'unreadNote', { age: formatAge(Math.max(0, now - oldest), locale) })}</StaleNote>;
}
