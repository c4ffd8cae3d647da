import type { Metadata } from 'next';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { AuthCard } from '#components/auth/auth-card.tsx';
import { SignupForm } from '#components/auth/signup-form.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auth'))('signup.title') };
}

export default async function SignupPage() {
  const t = await getTranslations('auth');
  return (
    <AuthCard
      title={t('signup.title')}
      description={t('signup.description')}
      footer={
        <Link href="/login" className="text-brand hover:underline">
          {t('toLogin')}
        </Link>
      }
    >
      <SignupForm />
    </AuthCard>
  );
}
