'use client';
import { Plus, RotateCw, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { useDesk } from '#components/desk/desk-context.tsx';
import { ModeBadge } from '#components/desk/mode-badge.tsx';
import { formatTime, formatWon } from '#components/numbers/format.ts';
import { Badge, type BadgeTone } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardBody, PageHeader } from '#components/ui/card.tsx';
import { Dialog, DialogActions, DialogClose, DialogContent } from '#components/ui/dialog.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import { type AccountView, accountRepo, type SealingKey } from '#lib/db/accounts.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { AddAccountForm } from './add-account-form.tsx';
import { OpenPaperAccount } from './open-paper-account.tsx';
import { QuotaMeter } from './quota-meter.tsx';
import { ReconciliationSection } from './reconciliation-section.tsx';

const STATES = ['untested', 'testing', 'ok', 'bad_key', 'wrong_environment', 'wrong_account', 'blocked'] as const;
type CredentialState = (typeof STATES)[number];
const TONE: Record<CredentialState, BadgeTone> = {
  untested: 'neutral',
  testing: 'brand',
  ok: 'ok',
  bad_key: 'danger',
  wrong_environment: 'danger',
  wrong_account: 'danger',
  blocked: 'danger',
};
const toState = (state: string): CredentialState => STATES.find((known) => known === state) ?? 'untested';

/** Broker accounts: add, test, remove. */
export function AccountsScreen({ sealingKey }: { sealingKey: SealingKey | null }) {
  const t = useTranslations('accounts');
  const { accounts } = useDesk();
  const [isAdding, setIsAdding] = useState(false);
  const active = accounts.filter((row) => row.isActive);
  const add = (
    <div className="flex flex-wrap gap-2">
      <OpenPaperAccount />
      <Button variant="primary" onClick={() => setIsAdding(true)}>
        <Plus aria-hidden />
        {t('add')}
      </Button>
    </div>
  );
  return (
    <>
      <PageHeader title={t('title')} description={t('description')} actions={add} />
      {active.length === 0 ? (
        <Card>
          <EmptyState title={t('empty')} action={add}>
            {t('emptyBody')}
          </EmptyState>
        </Card>
      ) : (
        <ul className="grid gap-4 md:grid-cols-2 2xl:grid-cols-3">
          {active.map((account) => (
            <li key={account.id}>
              <AccountCard account={account} />
            </li>
          ))}
        </ul>
      )}
      <Dialog open={isAdding} onOpenChange={setIsAdding}>
        <DialogContent title={t('add')} description={t('sealedHere')} className="max-w-lg">
          <AddAccountForm sealingKey={sealingKey} onDone={() => setIsAdding(false)} />
        </DialogContent>
      </Dialog>
    </>
  );
}

function AccountCard({ account }: { account: AccountView }) {
  const t = useTranslations('accounts');
  const db = useDb();
  const { balances, locale, reload } = useDesk();
  const [isBusy, setIsBusy] = useState(false);
  const [isRemoving, setIsRemoving] = useState(false);
  const balance = balances.find((row) => row.accountId === account.id);
  const state = toState(account.credentialState);
  const run = async (work: () => Promise<void>, done: string, failed: string) => {
    setIsBusy(true);
    try {
      await work();
      await reload();
      toast.success(done);
    } catch {
      toast.error(failed);
    } finally {
      setIsBusy(false);
      setIsRemoving(false);
    }
  };
  return (
    <Card className={account.isPaper ? 'border-t-4 border-t-paper-mode' : 'border-t-4 border-t-danger-solid'}>
      <CardBody>
        <div className="flex items-start justify-between gap-3">
          <div className="min-w-0">
            <h2 className="truncate font-semibold">{account.label || account.mask}</h2>
            <p className="num text-muted text-sm">
              {t(`broker.${account.broker === 'kis' || account.broker === 'ls' ? account.broker : 'paper'}`)} · {account.mask}
            </p>
          </div>
          <ModeBadge isPaper={account.isPaper} />
        </div>
        <div className="mt-3 flex items-center gap-2" role="status">
          <Badge tone={TONE[state]}>{t(`state.${state}`)}</Badge>
          <span className="text-muted text-xs">{(state !== 'ok' && account.credentialMessage) || t(`explain.${state}`)}</span>
        </div>
        <dl className="num mt-4 grid grid-cols-2 gap-3 text-sm">
          <div>
            <dt className="text-muted text-xs">{t('netAssets')}</dt>
            <dd>{balance ? formatWon(balance.netAssets, locale) : '—'}</dd>
          </div>
          <div>
            <dt className="text-muted text-xs">{t('orderable')}</dt>
            <dd>{balance ? formatWon(balance.orderable, locale) : '—'}</dd>
          </div>
          <div>
            <dt className="text-muted text-xs">{t('commission')}</dt>
            <dd>{(account.commissionRate * 100).toFixed(6).replace(/0+$/, '')}%</dd>
          </div>
          <div>
            <dt className="text-muted text-xs">{t('asOf')}</dt>
            <dd>{balance ? formatTime(balance.asOf) : '—'}</dd>
          </div>
        </dl>
        <QuotaMeter accountId={account.id} />
        <ReconciliationSection accountId={account.id} />
        <div className="mt-4 flex justify-end gap-2">
          {account.broker !== 'paper' && (
            <Button
              size="sm"
              isBusy={isBusy || state === 'testing'}
              onClick={() => run(() => accountRepo(db).test(account.id), t('testing'), t('testFailed'))}
            >
              <RotateCw aria-hidden />
              {t('test')}
            </Button>
          )}
          <Button size="sm" variant="danger-outline" onClick={() => setIsRemoving(true)}>
            <Trash2 aria-hidden />
            {t('remove')}
          </Button>
        </div>
      </CardBody>
      <Dialog open={isRemoving} onOpenChange={setIsRemoving}>
        <DialogContent title={t('removeTitle', { name: account.label || account.mask })} description={t('removeBody')}>
          <DialogActions>
            <DialogClose asChild>
              <Button>{t('keep')}</Button>
            </DialogClose>
            <Button
              variant="danger"
              isBusy={isBusy}
              onClick={() => run(() => accountRepo(db).remove(account.id), t('removed'), t('removeFailed'))}
            >
              {t('remove')}
            </Button>
          </DialogActions>
        </DialogContent>
      </Dialog>
    </Card>
  );
}
