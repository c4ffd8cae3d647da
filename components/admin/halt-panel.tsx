'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { useDesk } from '#components/desk/desk-context.tsx';
import { useAction } from '#components/desk/use-action.ts';
import { formatTime } from '#components/numbers/format.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogActions, DialogClose, DialogContent } from '#components/ui/dialog.tsx';
import { FormField } from '#components/ui/form.tsx';
import { Input } from '#components/ui/input.tsx';
import { Notice } from '#components/ui/states.tsx';
import type { AdminUser } from '#lib/db/admin.ts';
import { HALT_LEVELS, type HaltLevel, platformRepo } from '#lib/db/platform.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { nameOf } from './name-of.ts';

const TONES = { none: 'ok', pause_entries: 'warn', reduce_only: 'warn', halt: 'danger' } as const;

/** The kill switch of the whole platform, and every halt that stands. */
export function HaltPanel({ users }: { users: readonly AdminUser[] }) {
  const t = useTranslations('admin.halt');
  const db = useDb();
  const { halts } = useDesk();
  const { isBusy, run } = useAction();
  const [asked, setAsked] = useState<HaltLevel | null>(null);
  const [reason, setReason] = useState('');
  const platform = halts.find((row) => row.scope === 'platform');
  const level = platform?.level ?? 'none';
  const standing = halts.filter((row) => row.scope !== 'platform' && row.level !== 'none');
  const apply = async () => {
    if (asked === null || !(await run(() => platformRepo(db).setHalt('platform', '', asked, reason.trim())))) return;
    toast.success(t('applied', { level: t(`level.${asked}`) }));
    setAsked(null);
    setReason('');
  };
  return (
    <div className="p-4">
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-sm">{t('now')}</span>
        <Badge tone={TONES[level]} className="px-2 py-1 text-sm">
          {t(`level.${level}`)}
        </Badge>
        {platform && level !== 'none' && (
          <span className="num text-muted text-xs">
            {formatTime(platform.updatedAt)} · {platform.reason || t('noReason')}
          </span>
        )}
      </div>
      <p className="mt-1 text-muted text-sm">{t('body')}</p>
      <ul className="mt-3 grid gap-2 sm:grid-cols-2 xl:grid-cols-4">
        {HALT_LEVELS.map((one) => (
          <li key={one}>
            <Button
              variant={one === 'halt' ? 'danger' : one === 'none' ? 'secondary' : 'danger-outline'}
              disabled={one === level}
              className="h-auto w-full flex-col items-start gap-0.5 whitespace-normal px-3 py-2.5 text-left"
              onClick={() => setAsked(one)}
            >
              <span className="font-semibold">{t(`level.${one}`)}</span>
              <span className="font-normal text-xs">{t(`means.${one}`)}</span>
            </Button>
          </li>
        ))}
      </ul>
      {standing.length > 0 && (
        <section className="mt-5" aria-label={t('standing')}>
          <h3 className="font-medium text-sm">{t('standing')}</h3>
          <ul className="mt-1 divide-y rounded-md border">
            {standing.map((row) => (
              <li key={`${row.scope}:${row.scopeId}`} className="flex flex-wrap items-center gap-2 px-3 py-2 text-sm">
                <Badge tone={TONES[row.level]}>{t(`level.${row.level}`)}</Badge>
                <span>
                  {t(`scope.${row.scope}`)} {row.scope === 'user' ? nameOf(users, row.scopeId) : row.scopeId.slice(0, 8)}
                </span>
                <span className="text-muted text-xs">{row.reason}</span>
                <span className="num ml-auto text-faint text-xs">{formatTime(row.updatedAt)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Dialog open={asked !== null} onOpenChange={(open) => !open && setAsked(null)}>
        {asked && (
          <DialogContent title={t('ask', { level: t(`level.${asked}`) })} description={t(`means.${asked}`)}>
            <Notice tone={asked === 'none' ? 'info' : 'danger'}>{t('everybody')}</Notice>
            <FormField label={t('reason')} className="mt-3" help={t('reasonHelp')}>
              {(control) => <Input {...control} value={reason} maxLength={200} onChange={(event) => setReason(event.target.value)} />}
            </FormField>
            <DialogActions>
              <DialogClose asChild>
                <Button>{t('keep')}</Button>
              </DialogClose>
              <Button
                variant={asked === 'none' ? 'primary' : 'danger'}
                isBusy={isBusy}
                disabled={reason.trim() === ''}
                onClick={() => void apply()}
              >
                {t('apply')}
              </Button>
            </DialogActions>
          </DialogContent>
        )}
      </Dialog>
    </div>
  );
}
