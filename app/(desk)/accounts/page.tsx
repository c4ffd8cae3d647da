import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { AccountsScreen } from '#components/account/accounts-screen.tsx';
import { asTrusted } from '#lib/credentials/trusted-key.ts';
import { accountRepo } from '#lib/db/accounts.ts';
import { serverClient } from '#lib/db/server.ts';
import { webEnv } from '#lib/env/web.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('accounts'))('title') };
}

export default async function AccountsPage() {
  const key = await accountRepo(await serverClient()).activeSealingKey();
  const { NARAE_KEY_FINGERPRINTS: fingerprints, NARAE_DEMO: isDemo } = webEnv();
  return <AccountsScreen sealingKey={key && asTrusted(key, { fingerprints, isDemo })} />;
}
