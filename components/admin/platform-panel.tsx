'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { useAction } from '#components/desk/use-action.ts';
import { formatTime } from '#components/numbers/format.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogActions, DialogClose, DialogContent } from '#components/ui/dialog.tsx';
import { FormField } from '#components/ui/form.tsx';
import { Select } from '#components/ui/select.tsx';
import { Switch } from '#components/ui/switch.tsx';
import { adminRepo, type PlatformRow, platformRow, SIGNUP_POLICIES, type SwitchName } from '#lib/db/admin.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { PLATFORM_TOPIC } from '#lib/realtime/topics.ts';
import { useTopic } from '#lib/realtime/use-topic.ts';

const SWITCHES: readonly { name: SwitchName; of: (row: PlatformRow) => boolean }[] = [
  { name: 'orders_enabled', of: (row) => row.ordersEnabled },
  { name: 'auto_enabled', of: (row) => row.autoEnabled },
  { name: 'real_enabled', of: (row) => row.realEnabled },
  { name: 'members_allowed', of: (row) => row.membersAllowed },
];

/** The staged roll-out: each switch says what follows from it, and asks before it is turned. */
export function PlatformPanel({ initial }: { initial: PlatformRow }) {
  const t = useTranslations('admin.platform');
  const db = useDb();
  const { isBusy, run } = useAction();
  const [row, setRow] = useState(initial);
  const [asked, setAsked] = useState<{ name: SwitchName; on: boolean } | null>(null);
  useTopic(PLATFORM_TOPIC, { settings_changed: platformRow }, ({ payload }) =>
    setRow((shown) => (payload.version >= shown.version ? payload : shown)),
  );
  const apply = async (patch: Parameters<ReturnType<typeof adminRepo>['setPlatform']>[0]) => {
    const isDone = await run(async () => setRow(await adminRepo(db).setPlatform(patch)));
    if (isDone) toast.success(t('saved'));
    setAsked(null);
  };
  return (
    <div className="flex flex-col divide-y">
      {SWITCHES.map(({ name, of }) => (
        <div key={name} className="flex items-start gap-4 p-4">
          <Switch id={`switch-${name}`} checked={of(row)} onCheckedChange={(on) => setAsked({ name, on })} />
          <label htmlFor={`switch-${name}`} className="min-w-0">
            <span className="font-medium">{t(`${name}.title`)}</span>
            <span className="mt-0.5 block text-muted text-sm">{t(`${name}.${of(row) ? 'isOn' : 'isOff'}`)}</span>
          </label>
        </div>
      ))}
      <div className="p-4 sm:max-w-sm">
        <FormField label={t('signup')} help={t(`signupHelp.${row.signupPolicy}`)}>
          {(control) => (
            <Select
              id={control.id}
              label={t('signup')}
              value={row.signupPolicy}
              disabled={isBusy}
              onValueChange={(policy) => void apply({ signup_policy: policy as PlatformRow['signupPolicy'] })}
              options={SIGNUP_POLICIES.map((value) => ({ value, label: t(`signupPolicy.${value}`) }))}
            />
          )}
        </FormField>
        <p className="num mt-2 text-faint text-xs">{t('changedAt', { time: formatTime(row.updatedAt), version: row.version })}</p>
      </div>
      <Dialog open={asked !== null} onOpenChange={(open) => !open && setAsked(null)}>
        {asked && (
          <DialogContent
            title={t(asked.on ? 'askOn' : 'askOff', { name: t(`${asked.name}.title`) })}
            description={t(`${asked.name}.${asked.on ? 'turnOn' : 'turnOff'}`)}
          >
            <DialogActions>
              <DialogClose asChild>
                <Button>{t('keep')}</Button>
              </DialogClose>
              <Button
                variant={asked.name === 'real_enabled' && asked.on ? 'danger' : 'primary'}
                isBusy={isBusy}
                onClick={() => void apply({ [asked.name]: asked.on })}
              >
                {t(asked.on ? 'confirmOn' : 'confirmOff')}
              </Button>
            </DialogActions>
          </DialogContent>
        )}
      </Dialog>
    </div>
  );
}
