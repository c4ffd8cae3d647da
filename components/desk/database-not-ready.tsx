import { Database } from 'lucide-react';
import { getTranslations } from 'next-intl/server';
import { RetryButton } from './retry-button.tsx';

/** Shown instead of every page while tables or functions are missing; nothing can be ordered meanwhile. */
export async function DatabaseNotReady() {
  const t = await getTranslations('shell.notReady');
  return (
    <main className="grid min-h-dvh place-items-center p-6">
      <div className="max-w-md text-center">
        <Database className="mx-auto size-10 text-warn" aria-hidden />
        <h1 className="mt-4 font-semibold text-xl">{t('title')}</h1>
        <p className="mt-2 text-muted">{t('body')}</p>
        <p className="mt-4 rounded-md border bg-sunken px-3 py-2 font-mono text-sm">npm run db:deploy</p>
        <p className="mt-2 text-faint text-xs">{t('hint')}</p>
        <div className="mt-6">
          <RetryButton />
        </div>
      </div>
    </main>
  );
}
