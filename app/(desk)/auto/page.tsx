import type { Metadata } from 'next';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { AutoScreen } from '#components/strategy/auto-screen.tsx';
import { Button } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/card.tsx';
import { autoRepo } from '#lib/db/deployments-web.ts';
import { serverClient } from '#lib/db/server.ts';
import { strategyRepo } from '#lib/db/strategies.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('auto'))('title') };
}

export default async function AutoPage() {
  const t = await getTranslations('auto');
  const db = await serverClient();
  const repo = autoRepo(db);
  const [deployments, runs, holdings, strategies] = await Promise.all([
    repo.deployments(),
    repo.runs(),
    repo.holdings(),
    strategyRepo(db).list(),
  ]);
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('description')}
        actions={
          <Button asChild>
            <Link href="/strategies">{t('toStrategies')}</Link>
          </Button>
        }
      />
      <AutoScreen deployments={deployments} runs={runs} holdings={holdings} strategies={strategies} />
    </>
  );
}
