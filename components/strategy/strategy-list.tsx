'use client';
import { Archive } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { useAction } from '#components/desk/use-action.ts';
import { formatDay } from '#components/numbers/format.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogActions, DialogClose, DialogContent } from '#components/ui/dialog.tsx';
import { Table, Td, THead, Th, Tr } from '#components/ui/table.tsx';
import { TEMPLATES } from '#domain/strategy/templates/list.ts';
import { type StrategyView, strategyRepo } from '#lib/db/strategies.ts';
import { toLocale } from '#lib/i18n/locale.ts';
import { useDb } from '#lib/realtime/context.tsx';

/** One's own strategies; running ones are marked, those of the earlier system say that they cannot run. */
export function StrategyList({ strategies, running }: { strategies: readonly StrategyView[]; running: readonly string[] }) {
  const t = useTranslations('strategies');
  const locale = toLocale(useLocale());
  const [archiving, setArchiving] = useState<StrategyView | null>(null);
  const templateName = (id: string | null) => TEMPLATES.find((template) => template.id === id)?.[locale].name;
  return (
    <>
      <Table label={t('mine')}>
        <THead>
          <tr>
            <Th>{t('column.name')}</Th>
            <Th className="hidden sm:table-cell">{t('column.template')}</Th>
            <Th>{t('column.version')}</Th>
            <Th className="hidden sm:table-cell">{t('column.changed')}</Th>
            <Th>
              <span className="sr-only">{t('column.actions')}</span>
            </Th>
          </tr>
        </THead>
        <tbody>
          {strategies.map((strategy) => (
            <Tr key={strategy.id}>
              <Td className="whitespace-normal">
                <Link href={`/strategies/${strategy.id}`} className="font-medium hover:text-brand hover:underline">
                  {strategy.name}
                </Link>
                {running.includes(strategy.id) && (
                  <Badge tone="ok" className="ml-2">
                    {t('runningBadge')}
                  </Badge>
                )}
              </Td>
              <Td className="hidden text-muted sm:table-cell">{templateName(strategy.template) ?? '—'}</Td>
              <Td>
                {strategy.latestVersion === 0 ? (
                  <Badge tone="warn">{t('legacyBadge')}</Badge>
                ) : (
                  <span className="num">v{strategy.latestVersion}</span>
                )}
              </Td>
              <Td className="num hidden text-muted sm:table-cell">{formatDay(strategy.updatedAt)}</Td>
              <Td className="text-right">
                <Button
                  variant="ghost"
                  size="icon-sm"
                  aria-label={t('archive.button', { name: strategy.name })}
                  onClick={() => setArchiving(strategy)}
                >
                  <Archive aria-hidden />
                </Button>
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      <ArchiveDialog strategy={archiving} onClose={() => setArchiving(null)} />
    </>
  );
}

function ArchiveDialog({ strategy, onClose }: { strategy: StrategyView | null; onClose: () => void }) {
  const t = useTranslations('strategies.archive');
  const router = useRouter();
  const db = useDb();
  const { isBusy, run } = useAction();
  const archive = async () => {
    if (!strategy || !(await run(() => strategyRepo(db).archive(strategy.id)))) return;
    toast.success(t('done', { name: strategy.name }));
    onClose();
    router.refresh();
  };
  return (
    <Dialog open={strategy !== null} onOpenChange={(open) => !open && onClose()}>
      <DialogContent title={t('title', { name: strategy?.name ?? '' })} description={t('body')}>
        <DialogActions>
          <DialogClose asChild>
            <Button>{t('keep')}</Button>
          </DialogClose>
          <Button variant="danger" isBusy={isBusy} onClick={archive}>
            {t('confirm')}
          </Button>
        </DialogActions>
      </DialogContent>
    </Dialog>
  );
}
