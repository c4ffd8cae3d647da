'use client';
import { RotateCw } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';

/** Asks the server for this page again. */
export function RetryButton() {
  const t = useTranslations('common');
  const router = useRouter();
  const [isBusy, start] = useTransition();
  return (
    <Button isBusy={isBusy} onClick={() => start(() => router.refresh())}>
      {!isBusy && <RotateCw aria-hidden />}
      {t('retry')}
    </Button>
  );
}
