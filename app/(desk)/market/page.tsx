import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { MarketList } from '#components/market/market-list.tsx';
import { PageHeader } from '#components/ui/card.tsx';
import { marketRepo } from '#lib/db/market.ts';
import { preferenceRepo } from '#lib/db/preferences.ts';
import { serverClient } from '#lib/db/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('market'))('title') };
}

export default async function MarketPage() {
  const t = await getTranslations('market');
  const db = await serverClient();
  const [instruments, watchlist] = await Promise.all([marketRepo(db).instruments(), preferenceRepo(db).watchlist()]);
  return (
    <>
      <PageHeader title={t('title')} description={instruments.some((row) => row.isSynthetic) ? t('synthetic') : t('description')} />
      <MarketList instruments={instruments} watchlist={watchlist} />
    </>
  );
}
