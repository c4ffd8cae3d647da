'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { useDesk } from '#components/desk/desk-context.tsx';
import { useAction } from '#components/desk/use-action.ts';
import { formatDay, formatShortWon, formatTime } from '#components/numbers/format.ts';
import { RiskLimitsForm } from '#components/settings/risk-limits-form.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogActions, DialogClose, DialogContent } from '#components/ui/dialog.tsx';
import { FormField } from '#components/ui/form.tsx';
import { Input } from '#components/ui/input.tsx';
import { NumberInput } from '#components/ui/number-input.tsx';
import { Notice } from '#components/ui/states.tsx';
import { Switch } from '#components/ui/switch.tsx';
import { Table, Td, THead, Th, Tr } from '#components/ui/table.tsx';
import { type AdminUser, adminRepo, type Rights } from '#lib/db/admin.ts';
import { useDb } from '#lib/realtime/context.tsx';

interface Props {
  readonly users: readonly AdminUser[];
  readonly onChanged: () => Promise<void>;
}

const rightsOf = (user: AdminUser): Rights => ({
  canPaper: user.canPaper,
  canReal: user.canReal,
  dailyTradeLimit: user.dailyTradeLimit,
  maxPositionSize: user.maxPositionSize,
  dailyOrderLimit: user.dailyOrderLimit,
  limitsExpireAt: user.limitsExpireAt,
});

/** Everybody and what they may trade. Paper switches at once; real money asks first. */
export function UsersPanel({ users, onChanged }: Props) {
  const t = useTranslations('admin.users');
  const tRisk = useTranslations('settings.risk');
  const { locale, user: me } = useDesk();
  const db = useDb();
  const { isBusy, run } = useAction();
  const [editing, setEditing] = useState<AdminUser | null>(null);
  const [raising, setRaising] = useState<AdminUser | null>(null);
  const save = async (user: AdminUser, rights: Rights) => {
    const isDone = await run(() => adminRepo(db).setRights(user.id, rights));
    if (isDone) toast.success(t('saved', { name: user.name }));
    await onChanged();
    return isDone;
  };
  const limit = (won: number | null) => (won === null ? <span className="text-faint">{t('noBuying')}</span> : formatShortWon(won, locale));
  const administrators = users.filter((user) => user.isAdmin).length;
  return (
    <>
      <p className="px-4 pt-3 text-muted text-sm">{administrators >= 2 ? t('fourEyes') : t('twoEyes')}</p>
      <Table label={t('title')} className="mt-2">
        <THead>
          <tr>
            <Th>{t('person')}</Th>
            <Th>{t('paper')}</Th>
            <Th>{t('real')}</Th>
            <Th isNumber>{t('daily')}</Th>
            <Th isNumber>{t('position')}</Th>
            <Th isNumber>{t('orders')}</Th>
            <Th>{t('expires')}</Th>
            <Th>{t('lastSeen')}</Th>
            <Th>
              <span className="sr-only">{t('edit')}</span>
            </Th>
          </tr>
        </THead>
        <tbody>
          {users.map((user) => (
            <Tr key={user.id}>
              <Td>
                <span className="font-medium">{user.name}</span>
                {user.isAdmin && (
                  <Badge tone="brand" className="ml-2">
                    {t('admin')}
                  </Badge>
                )}
                {user.id === me.id && <Badge className="ml-1">{t('you')}</Badge>}
                {user.request && (
                  <Badge tone="warn" className="ml-1">
                    {t('asks')}
                  </Badge>
                )}
                <span className="block text-faint text-xs">{user.email}</span>
              </Td>
              <Td>
                <Switch
                  checked={user.canPaper}
                  disabled={isBusy}
                  aria-label={t('paperOf', { name: user.name })}
                  onCheckedChange={(canPaper) => void save(user, { ...rightsOf(user), canPaper })}
                />
              </Td>
              <Td>
                <Switch
                  checked={user.canReal}
                  disabled={isBusy}
                  className="data-[state=checked]:border-danger data-[state=checked]:bg-danger-solid"
                  aria-label={t('realOf', { name: user.name })}
                  onCheckedChange={(canReal) => (canReal ? setRaising(user) : void save(user, { ...rightsOf(user), canReal }))}
                />
              </Td>
              <Td isNumber>{limit(user.dailyTradeLimit)}</Td>
              <Td isNumber>{limit(user.maxPositionSize)}</Td>
              <Td isNumber>{user.dailyOrderLimit}</Td>
              <Td className="num">{user.limitsExpireAt ? formatDay(user.limitsExpireAt) : t('never')}</Td>
              <Td className="num text-muted">{user.lastSignInAt ? formatTime(user.lastSignInAt) : '—'}</Td>
              <Td className="text-right">
                <Button size="sm" aria-label={t('editOf', { name: user.name })} onClick={() => setEditing(user)}>
                  {t('edit')}
                </Button>
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      <Dialog open={raising !== null} onOpenChange={(open) => !open && setRaising(null)}>
        <DialogContent title={t('realTitle', { name: raising?.name ?? '' })} description={t('realBody')}>
          <Notice tone="danger">{t('realWarning')}</Notice>
          <DialogActions>
            <DialogClose asChild>
              <Button>{t('keep')}</Button>
            </DialogClose>
            <Button
              variant="danger"
              isBusy={isBusy}
              onClick={async () => {
                if (raising) await save(raising, { ...rightsOf(raising), canReal: true });
                setRaising(null);
              }}
            >
              {t('realConfirm')}
            </Button>
          </DialogActions>
        </DialogContent>
      </Dialog>
      <Dialog open={editing !== null} onOpenChange={(open) => !open && setEditing(null)}>
        {editing && (
          <DialogContent title={t('limitsTitle', { name: editing.name })} description={t('limitsBody')}>
            <LimitsForm
              user={editing}
              isBusy={isBusy}
              onSave={async (rights) => {
                if (await save(editing, rights)) setEditing(null);
              }}
            />
            <h3 className="mt-6 mb-3 border-t pt-4 font-semibold text-sm">{tRisk('title')}</h3>
            <RiskLimitsForm userId={editing.id} />
          </DialogContent>
        )}
      </Dialog>
    </>
  );
}

/** The end of a Seoul day as an instant. */
const endOfSeoulDay = (day: string) => `${day}T23:59:59+09:00`;

function LimitsForm({ user, isBusy, onSave }: { user: AdminUser; isBusy: boolean; onSave: (rights: Rights) => Promise<void> }) {
  const t = useTranslations('admin.users');
  const [rights, setRights] = useState<Rights>(rightsOf(user));
  const set = (patch: Partial<Rights>) => setRights((now) => ({ ...now, ...patch }));
  return (
    <div className="flex flex-col gap-4">
      {user.request && <Notice>{t('asksFor', { what: JSON.stringify(user.request.wanted), why: user.request.reason || '—' })}</Notice>}
      <FormField label={t('daily')} help={t('dailyHelp')}>
        {(control) => (
          <NumberInput
            {...control}
            value={rights.dailyTradeLimit}
            unit={t('won')}
            onValueChange={(dailyTradeLimit) => set({ dailyTradeLimit })}
          />
        )}
      </FormField>
      <FormField label={t('position')} help={t('positionHelp')}>
        {(control) => (
          <NumberInput
            {...control}
            value={rights.maxPositionSize}
            unit={t('won')}
            onValueChange={(maxPositionSize) => set({ maxPositionSize })}
          />
        )}
      </FormField>
      <FormField label={t('orders')} help={t('ordersHelp')}>
        {(control) => (
          <NumberInput
            {...control}
            value={rights.dailyOrderLimit}
            unit={t('times')}
            onValueChange={(next) => set({ dailyOrderLimit: next ?? 0 })}
          />
        )}
      </FormField>
      <FormField label={t('expires')} help={t('expiresHelp')}>
        {(control) => (
          <Input
            {...control}
            type="date"
            value={rights.limitsExpireAt ? formatDay(rights.limitsExpireAt) : ''}
            onChange={(event) => set({ limitsExpireAt: event.target.value ? endOfSeoulDay(event.target.value) : null })}
          />
        )}
      </FormField>
      <DialogActions>
        <DialogClose asChild>
          <Button>{t('keep')}</Button>
        </DialogClose>
        <Button variant="primary" isBusy={isBusy} onClick={() => void onSave(rights)}>
          {t('save')}
        </Button>
      </DialogActions>
    </div>
  );
}
