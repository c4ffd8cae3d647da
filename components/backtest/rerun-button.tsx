'use client';
import { RotateCw } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useAction } from '#components/desk/use-action.ts';
import { Button } from '#components/ui/button.tsx';
import { type BacktestDetail, backtestRepo } from '#lib/db/backtests.ts';
import { useDb } from '#lib/realtime/context.tsx';

/** Asks the very same question again: same document, values, data, days, capital and seed. */
export function RerunButton({ backtest }: { backtest: Pick<BacktestDetail, 'strategyId' | 'version' | 'name' | 'request'> }) {
  const t = useTranslations('backtests');
  const router = useRouter();
  const db = useDb();
  const { isBusy, run } = useAction();
  const rerun = () =>
    run(async () => {
      const { strategyId, version, name, request } = backtest;
      router.push(`/backtests/${await backtestRepo(db).start({ strategyId, version, name, request })}`);
    });
  return (
    <Button isBusy={isBusy} onClick={() => void rerun()}>
      {!isBusy && <RotateCw aria-hidden />}
      {t('rerun')}
    </Button>
  );
}
