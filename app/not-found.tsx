import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/states.tsx';

export default async function NotFound() {
  const t = await getTranslations('common');
  return (
    <main className="grid min-h-dvh place-items-center">
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
    </main>
  );
}
