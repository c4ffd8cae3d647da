import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/states.tsx';

/** What stands where a page is not, or is not for this person. */
export function NotFoundFace() {
  const t = useTranslations('common');
  return (
    <EmptyState
      title={t('notFoundTitle')}
      action={
        <Button asChild>
          <Link href="/">{t('goHome')}</Link>
        </Button>
      }
    >
      {t('notFoundBody')}
    </EmptyState>
  );
}
