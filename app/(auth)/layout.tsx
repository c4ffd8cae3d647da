import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { AuthTools } from '#components/auth/auth-tools.tsx';
import { RuntimeConfigProvider } from '#components/auth/use-auth-client.tsx';
import { WingMark } from '#components/desk/wing-mark.tsx';
import { runtimeConfig } from '#lib/db/server.ts';

export default async function AuthLayout({ children }: { children: ReactNode }) {
  const t = await getTranslations('auth');
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center justify-between px-5 py-4">
        <span className="flex items-center gap-2 font-bold text-lg tracking-tight">
          <WingMark className="size-7 text-brand" />
          {t('brand')}
        </span>
        <AuthTools />
      </header>
      <main className="grid flex-1 place-items-center px-4 pb-16">
        <div className="w-full max-w-sm">
          <RuntimeConfigProvider config={runtimeConfig()}>{children}</RuntimeConfigProvider>
        </div>
      </main>
      <footer className="px-5 py-4 text-center text-faint text-xs">{t('footer')}</footer>
    </div>
  );
}
