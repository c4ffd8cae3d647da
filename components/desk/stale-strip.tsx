'use client';
import { useTranslations } from 'next-intl';
import { formatAge } from '#components/numbers/format.ts';
import { StaleNote } from '#components/ui/states.tsx';
import { useLink } from '#lib/realtime/context.tsx';
import { useNow } from '#lib/realtime/use-now.ts';
import { useDesk } from './desk-context.tsx';

/** Above values that may be old: how old, and why. `since`: of the reading that brings them (see `Reading`), null while that is good. */
export function StaleStrip({ since }: { since: number | null }) {
  const t = useTranslations('common');
  const { locale } = useDesk();
  const link = useLink();
  const now = useNow(1_000);
  if (now === null) return null;
  const age = (instant: number) => formatAge(Math.max(0, now - instant), locale);
  if (link.state === 'down' && link.lastLiveAt !== null) return <StaleNote>{t('staleNote', { age: age(link.lastLiveAt) })}</StaleNote>;
  return since === null ? null : <StaleNote>{t('unreadNote', { age: age(since) })}</StaleNote>;
}
