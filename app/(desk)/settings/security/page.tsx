import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { NewPasswordForm } from '#components/auth/new-password-form.tsx';
import { RuntimeConfigProvider } from '#components/auth/use-auth-client.tsx';
import { ArmCard } from '#components/settings/arm-card.tsx';
import { SettingsNav } from '#components/settings/settings-nav.tsx';
import { Card, CardBody, CardHeader, PageHeader } from '#components/ui/card.tsx';
import { platformRepo } from '#lib/db/platform.ts';
import { runtimeConfig, serverClient } from '#lib/db/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('settings'))('security') };
}

export default async function SecurityPage() {
  const t = await getTranslations('settings');
  const armedUntil = await platformRepo(await serverClient()).armedUntil();
  return (
    <>
      <PageHeader title={t('title')} />
      <SettingsNav />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <ArmCard initialUntil={armedUntil} />
        <Card>
          <CardHeader title={t('changePassword')} />
          <CardBody>
            <RuntimeConfigProvider config={runtimeConfig()}>
              <NewPasswordForm />
            </RuntimeConfigProvider>
          </CardBody>
        </Card>
      </div>
    </>
  );
}
