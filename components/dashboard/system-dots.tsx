'use client';
import { useTranslations } from 'next-intl';
import { useDesk, useMarketState } from '#components/desk/desk-context.tsx';
import { cn } from '#components/ui/class-names.ts';
import { useLink } from '#lib/realtime/context.tsx';

/** Link, market, account and order switch, each as a dot with its word. */
export function SystemDots() {
  const t = useTranslations('dashboard.dots');
  const link = useLink();
  const market = useMarketState();
  const { account, settings } = useDesk();
  const dots = [
    ['link', link.state === 'live' ? 'good' : link.state === 'down' ? 'bad' : 'idle', link.state],
    ['market', market?.kind === 'open' ? 'good' : 'idle', market?.kind ?? 'connecting'],
    ['account', account?.isReady ? 'good' : 'bad', account?.isReady ? 'ready' : 'notReady'],
    ['orders', settings.ordersEnabled ? 'good' : 'bad', settings.ordersEnabled ? 'on' : 'off'],
    ['auto', settings.autoEnabled ? 'good' : 'idle', settings.autoEnabled ? 'on' : 'off'],
  ] as const;
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs" aria-label={t('label')}>
      {dots.map(([name, tone, word]) => (
        <li key={name} className="flex items-center gap-1.5 text-muted">
          <span className={cn('size-2 rounded-full', tone === 'good' ? 'bg-ok' : tone === 'bad' ? 'bg-danger' : 'bg-faint')} aria-hidden />
          {t(name)} <span className="text-text">{t(`word.${word}`)}</span>
        </li>
      ))}
    </ul>
  );
}
