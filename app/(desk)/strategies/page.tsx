import { Puzzle } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { ImportKis } from '#components/strategy/import-kis.tsx';
import { StrategyList } from '#components/strategy/strategy-list.tsx';
import { TemplateGallery } from '#components/strategy/template-gallery.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader, PageHeader } from '#components/ui/card.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import { deploymentRepo } from '#lib/db/deployments.ts';
import { serverClient } from '#lib/db/server.ts';
import { strategyRepo } from '#lib/db/strategies.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('strategies'))('title') };
}

export default async function StrategiesPage() {
  const t = await getTranslations('strategies');
  const db = await serverClient();
  const [strategies, deployments] = await Promise.all([strategyRepo(db).list(), deploymentRepo(db).active()]);
  const running = deployments.filter(({ state }) => state === 'running').map(({ strategyId }) => strategyId);
  return (
    <>
      <PageHeader
        title={t('title')}
        description={t('description')}
        actions={
          <>
            <ImportKis />
            <Button asChild>
              <Link href="/backtests">{t('toBacktests')}</Link>
            </Button>
            <Button asChild>
              <Link href="/auto">{t('toAuto')}</Link>
            </Button>
          </>
        }
      />
      <Card className="mb-6">
        <CardHeader title={t('mine')} detail={t('count', { count: strategies.length })} />
        {strategies.length > 0 ? (
          <StrategyList strategies={strategies} running={running} />
        ) : (
          <EmptyState icon={<Puzzle />} title={t('empty.title')}>
            {t('empty.body')}
          </EmptyState>
        )}
      </Card>
      <TemplateGallery />
    </>
  );
}
