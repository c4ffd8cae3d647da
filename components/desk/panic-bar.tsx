'use client';
import { OctagonX, PauseCircle, ShieldAlert, ShieldCheck } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import { cn } from '#components/ui/class-names.ts';
import { Dialog, DialogActions, DialogClose, DialogContent } from '#components/ui/dialog.tsx';
import { isFinal } from '#domain/order/transitions.ts';
import { deploymentRepo } from '#lib/db/deployments.ts';
import { orderDoors } from '#lib/db/orders.ts';
import type { HaltView } from '#lib/db/platform.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { useDesk } from './desk-context.tsx';
import { HaltDialog, type HaltTarget, targetKey } from './halt-dialog.tsx';
import { HALT_TONES } from './halt-list.tsx';
import { standingHalts } from './live-rows.ts';

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
  const { halt, halts, user, accounts, account } = useDesk();
  const [isOpen, setIsOpen] = useState(false);
  const isNormal = halt === 'none';
  const Icon = isNormal ? ShieldCheck : ShieldAlert;
  const active = accounts.filter((row) => row.isActive);
  const mine: HaltTarget = { scope: 'user', scopeId: user.id, name: t('scope.mine') };
  const targets = [mine, ...active.map((row) => ({ scope: 'account' as const, scopeId: row.id, name: row.label || row.mask }))];
  const standing = halts.filter((row) =>
    [null, ...active].some((one) => standingHalts([row], { userId: user.id, account: one }).length > 0),
  );
  // What stands against the chosen account is most likely what the person wants to change.
  const paused = standing.find((row) => row.scope === 'account' && row.scopeId === account?.id);
  const nameOf = (row: HaltView) => {
    if (row.scope === 'broker') return t('scope.broker', { name: row.scopeId.toUpperCase() });
    return targets.find((one) => targetKey(one) === targetKey(row))?.name ?? t(`scope.${row.scope === 'platform' ? 'platform' : 'mine'}`);
  };
  return (
    <>
      <Button
        size="sm"
        variant="secondary"
        onClick={() => setIsOpen(true)}
        className={cn(
          isNormal
            ? 'border-ok/40 text-ok'
            : HALT_TONES[halt] === 'danger'
              ? 'border-danger bg-danger-soft text-danger'
              : 'border-warn bg-warn-soft text-warn',
        )}
      >
        <Icon aria-hidden />
        {t(halt)}
      </Button>
      <HaltDialog
        targets={targets}
        initial={targets.find((one) => paused && targetKey(one) === targetKey(paused)) ?? mine}
        standing={standing}
        nameOf={nameOf}
        isOpen={isOpen}
        onOpenChange={setIsOpen}
      />
    </>
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
