import type { Metadata } from 'next';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { AuthCard } from '#components/auth/auth-card.tsx';
import { NewPasswordForm } from '#components/auth/new-password-form.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth'))('reset.title') };
}

export default async function ResetPasswordPage() {
  const t = await getTranslations('auth');
  return (
    <AuthCard
      title={t('reset.title')}
      description={t('reset.description')}
      footer={
        <Link href="/" className="text-brand hover:underline">
          {t('toHome')}
        </Link>
      }
    >
      <NewPasswordForm />
    </AuthCard>
  );
}
