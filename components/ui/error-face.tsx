'use client';
import { RotateCw } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from '#components/ui/button.tsx';
import { ErrorState } from '#components/ui/states.tsx';

/** What a page shows when it failed: a sentence and another try. Nothing of the fault itself. */
export function ErrorFace({ reset }: { error: Error; reset: () => void }) {
  const t = useTranslations();
  return (
    <ErrorState
      title={t('shell.error.title')}
      action={
        <Button onClick={reset}>
          <RotateCw aria-hidden />
          {t('common.retry')}
        </Button>
      }
    >
      {t('shell.error.body')}
    </ErrorState>
  );
}
