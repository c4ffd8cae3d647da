import { useTranslations } from 'next-intl';
import { Badge } from '#components/ui/badge.tsx';

/** 모의 yellow, 실전 red: paper and real never look alike. */
export function ModeBadge({ isPaper }: { isPaper: boolean }) {
  const t = useTranslations('common');
  return (
    <Badge tone={isPaper ? 'paper' : 'real'} className="px-2 py-1 font-bold text-xs">
      {t(isPaper ? 'paper' : 'real')}
    </Badge>
  );
}

/** The mode across the whole width, above whatever sends an order. */
export function ModeBanner({ isPaper }: { isPaper: boolean }) {
  const t = useTranslations('shell');
  return (
    <p
      className={
        isPaper ? 'bg-paper-mode px-5 py-2 font-bold text-on-paper-mode text-sm' : 'bg-danger-solid px-5 py-2 font-bold text-sm text-white'
      }
    >
      {t(isPaper ? 'paperBanner' : 'realBanner')}
    </p>
  );
}
