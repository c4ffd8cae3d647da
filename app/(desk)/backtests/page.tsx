import type { Metadata } from 'next';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { BacktestBoard } from '#components/backtest/backtest-board.tsx';
import { Button } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/card.tsx';
import { backtestRepo } from '#lib/db/backtests.ts';
import { serverClient } from '#lib/db/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('backtests'))('title') };
}

export default async function BacktestsPage() {
  const t = await getTranslations('backtests');
  const rows = await backtestRepo(await serverClient()).list();
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
      <BacktestBoard initial={rows} />
    </>
  );
}
