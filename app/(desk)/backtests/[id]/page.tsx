import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { z } from 'zod';
import { BacktestReport } from '#components/backtest/backtest-report.tsx';
import { BacktestWaiting } from '#components/backtest/backtest-waiting.tsx';
import { backtestRepo } from '#lib/db/backtests.ts';
import { serverClient } from '#lib/db/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('backtests'))('reportTitle') };
}

export default async function BacktestPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  if (!z.uuid().safeParse(id).success) notFound();
  const repo = backtestRepo(await serverClient());
  const backtest = await repo.byId(id);
  if (!backtest) notFound();
  if (backtest.state !== 'done') return <BacktestWaiting backtest={backtest} />;
  const [equity, months] = await Promise.all([repo.equity(id), repo.months(id)]);
  return <BacktestReport backtest={backtest} equity={equity} months={months} />;
}
