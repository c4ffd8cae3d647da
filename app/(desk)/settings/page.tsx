import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { getTranslations } from 'next-intl/server';
import { DisplayCard } from '#components/settings/display-card.tsx';
import { PermissionCard } from '#components/settings/permission-card.tsx';
import { RiskLimitsCard } from '#components/settings/risk-limits-card.tsx';
import { SettingsNav } from '#components/settings/settings-nav.tsx';
import { UniverseCard } from '#components/settings/universe-card.tsx';
import { toUpDown, UPDOWN_COOKIE } from '#components/settings/up-down.ts';
import { PageHeader } from '#components/ui/card.tsx';
import { platformRepo } from '#lib/db/platform.ts';
import { preferenceRepo } from '#lib/db/preferences.ts';
import { serverClient } from '#lib/db/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('settings'))('title') };
}

export default async function SettingsPage() {
  const t = await getTranslations('settings');
  const db = await serverClient();
  const [investment, permission] = await Promise.all([preferenceRepo(db).investment(), platformRepo(db).permission()]);
  return (
    <>
      <PageHeader title={t('title')} />
      <SettingsNav />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <UniverseCard initial={investment} />
        <div className="flex flex-col gap-4">
          <DisplayCard initialUpDown={toUpDown((await cookies()).get(UPDOWN_COOKIE)?.value)} />
          <PermissionCard initial={permission} />
          {permission && <RiskLimitsCard />}
        </div>
      </div>
    </>
  );
}
