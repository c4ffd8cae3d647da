import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { AccountsScreen } from '#components/account/accounts-screen.tsx';
import { accountRepo } from '#lib/db/accounts.ts';
import { serverClient } from '#lib/db/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('accounts'))('title') };
}

export default async function AccountsPage() {
  const sealingKey = await accountRepo(await serverClient()).activeSealingKey();
  return <AccountsScreen sealingKey={sealingKey} />;
}
