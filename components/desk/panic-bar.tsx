'use client';
import { OctagonX, PauseCircle, ShieldAlert, ShieldCheck } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import { cn } from '#components/ui/class-names.ts';
import { Dialog, DialogActions, DialogClose, DialogContent } from '#components/ui/dialog.tsx';
import { FormField } from '#components/ui/form.tsx';
import { Input } from '#components/ui/input.tsx';
import { ToggleGroup } from '#components/ui/toggle-group.tsx';
import { isFinal } from '#domain/order/transitions.ts';
import { deploymentRepo } from '#lib/db/deployments.ts';
import { orderDoors } from '#lib/db/orders.ts';
import { type HaltLevel, platformRepo } from '#lib/db/platform.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { useDesk } from './desk-context.tsx';

/** State chip, 전체취소, 자동매매 정지: the three things that must work on the worst day. */
export function PanicBar() {
  return (
    <div className="flex items-center gap-1.5">
      <HaltChip />
      <CancelAll />
      <StopAuto />
    </div>
  );
}

function HaltChip() {
  const t = useTranslations('shell.halt');
  const db = useDb();
  const { halt, user, showHalt } = useDesk();
  const [isOpen, setIsOpen] = useState(false);
  const [level, setLevel] = useState<HaltLevel>(halt);
  const [reason, setReason] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const isNormal = halt === 'none';
  const Icon = isNormal ? ShieldCheck : ShieldAlert;
  const apply = async () => {
    setIsBusy(true);
    try {
      showHalt(await platformRepo(db).setHalt('user', user.id, level, reason.trim()));
      setIsOpen(false);
      toast.success(t('applied', { level: t(level) }));
    } catch {
      toast.error(t('failed'));
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Dialog
      open={isOpen}
      onOpenChange={(open) => {
        setIsOpen(open);
        setLevel(halt);
        setReason('');
      }}
    >
      <Button
        size="sm"
        variant="secondary"
        onClick={() => setIsOpen(true)}
        className={cn(
          isNormal
            ? 'border-ok/40 text-ok'
            : halt === 'halt'
              ? 'border-danger bg-danger-soft text-danger'
              : 'border-warn bg-warn-soft text-warn',
        )}
      >
        <Icon aria-hidden />
        {t(halt)}
      </Button>
      <DialogContent title={t('title')} description={t('body')}>
        <ToggleGroup
          label={t('title')}
          value={level}
          onValueChange={setLevel}
          className="flex"
          options={(['none', 'pause_entries', 'reduce_only', 'halt'] as const).map((value) => ({ value, label: t(value) }))}
        />
        <p className="mt-2 min-h-10 text-muted text-sm">{t(`explain.${level}`)}</p>
        <FormField label={t('reason')} className="mt-3" help={level === 'none' ? t('reasonNeeded') : undefined}>
          {(control) => <Input {...control} value={reason} maxLength={200} onChange={(event) => setReason(event.target.value)} />}
        </FormField>
        <DialogActions>
          <DialogClose asChild>
            <Button>{t('keep')}</Button>
          </DialogClose>
          <Button
            variant={level === 'none' ? 'primary' : 'danger'}
            isBusy={isBusy}
            disabled={level === halt || (level === 'none' && reason.trim() === '')}
            onClick={apply}
          >
            {t('apply')}
          </Button>
        </DialogActions>
      </DialogContent>
    </Dialog>
  );
}

function CancelAll() {
  const t = useTranslations('shell.cancelAll');
  const db = useDb();
  const { orders, showOrder } = useDesk();
  const [isOpen, setIsOpen] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const working = orders.filter((order) => !isFinal(order.status));
  const cancelAll = async () => {
    setIsBusy(true);
    const results = await Promise.allSettled(working.map((order) => orderDoors(db).cancel(order.id)));
    for (const result of results) if (result.status === 'fulfilled') showOrder(result.value.order);
    const refused = results.filter((result) => result.status === 'rejected').length;
    if (refused > 0) toast.error(t('partly', { done: results.length - refused, refused }));
    else toast.success(t('done', { count: results.length }));
    setIsBusy(false);
    setIsOpen(false);
  };
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <Button size="sm" variant="danger-outline" disabled={working.length === 0} onClick={() => setIsOpen(true)}>
        <OctagonX aria-hidden />
        {t('button', { count: working.length })}
      </Button>
      <DialogContent title={t('title', { count: working.length })} description={t('body')}>
        <DialogActions>
          <DialogClose asChild>
            <Button>{t('keep')}</Button>
          </DialogClose>
          <Button variant="danger" isBusy={isBusy} onClick={cancelAll}>
            {t('confirm', { count: working.length })}
          </Button>
        </DialogActions>
      </DialogContent>
    </Dialog>
  );
}

function StopAuto() {
  const t = useTranslations('shell.stopAuto');
  const db = useDb();
  const [isOpen, setIsOpen] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const stop = async () => {
    setIsBusy(true);
    try {
      const deployments = deploymentRepo(db);
      const running = (await deployments.active()).filter((row) => row.state === 'running');
      await Promise.all(running.map((row) => deployments.setState(row.id, 'paused')));
      toast.success(running.length === 0 ? t('nothing') : t('done', { count: running.length }));
      setIsOpen(false);
    } catch {
      toast.error(t('failed'));
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <Button size="sm" variant="danger-outline" onClick={() => setIsOpen(true)}>
        <PauseCircle aria-hidden />
        {t('button')}
      </Button>
      <DialogContent title={t('title')} description={t('body')}>
        <DialogActions>
          <DialogClose asChild>
            <Button>{t('keep')}</Button>
          </DialogClose>
          <Button variant="danger" isBusy={isBusy} onClick={stop}>
            {t('confirm')}
          </Button>
        </DialogActions>
      </DialogContent>
    </Dialog>
  );
}
