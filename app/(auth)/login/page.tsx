import type { Metadata } from 'next';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { AuthCard } from '#components/auth/auth-card.tsx';
import { LoginForm } from '#components/auth/login-form.tsx';
import { runtimeConfig } from '#lib/db/server.ts';
import { safeNext } from '#lib/http/safe-next.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth'))('login.title') };
}

export default async function LoginPage({ searchParams }: { searchParams: Promise<{ next?: string; fault?: string }> }) {
  const t = await getTranslations('auth');
  const { next, fault } = await searchParams;
  return (
    <AuthCard
      title={t('login.title')}
      description={t('login.description')}
      footer={
        <div className="flex justify-between">
          <Link href="/signup" className="text-brand hover:underline">
            {t('login.toSignup')}
          </Link>
          <Link href="/forgot-password" className="text-brand hover:underline">
            {t('login.toForgot')}
          </Link>
        </div>
      }
    >
      <LoginForm next={safeNext(next)} isDemo={runtimeConfig().isDemo} fault={fault === 'link_expired' ? 'link_expired' : null} />
    </AuthCard>
  );
}
