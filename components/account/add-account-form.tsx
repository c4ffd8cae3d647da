'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { Lock } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { z } from 'zod';
import { useDesk } from '#components/desk/desk-context.tsx';
import { ModeBanner } from '#components/desk/mode-badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { DialogActions } from '#components/ui/dialog.tsx';
import { FormField } from '#components/ui/form.tsx';
import { Input } from '#components/ui/input.tsx';
import { Notice } from '#components/ui/states.tsx';
import { ToggleGroup } from '#components/ui/toggle-group.tsx';
import { accountCredentials, accountMask, sealCredentials } from '#lib/credentials/account-credentials.ts';
import { fingerprint } from '#lib/credentials/hpke.ts';
import { accountRepo, type SealingKey } from '#lib/db/accounts.ts';
import { useDb } from '#lib/realtime/context.tsx';

const form = accountCredentials.extend({ label: z.string().trim().min(1).max(40), htsId: z.string().trim().max(40) });
type Form = z.infer<typeof form>;

/** Keys are sealed here, in the browser; only ciphertext leaves this page. */
export function AddAccountForm({ sealingKey, onDone }: { sealingKey: SealingKey | null; onDone: () => void }) {
  const t = useTranslations('accounts');
  const db = useDb();
  const { user, reload } = useDesk();
  const [isPaper, setIsPaper] = useState(true);
  const [fault, setFault] = useState<'key' | 'save' | null>(null);
  const { register, handleSubmit, formState } = useForm<Form>({
    resolver: zodResolver(form),
    defaultValues: { label: '', appKey: '', appSecret: '', accountNumber: '', productCode: '01', htsId: '' },
  });
  if (!sealingKey) return <Notice tone="warn">{t('noKey')}</Notice>;

  const save = handleSubmit(async ({ label, htsId, ...credentials }) => {
    setFault(null);
    if ((await fingerprint(sealingKey.publicKey)) !== sealingKey.fingerprint) return setFault('key');
    const accountId = crypto.randomUUID();
    const context = { userId: user.id, accountId, brokerType: 'kis', isPaper, keyId: sealingKey.keyId };
    try {
      const sealed = await sealCredentials(sealingKey.publicKey, context, { ...credentials, ...(htsId === '' ? {} : { htsId }) });
      await accountRepo(db).saveCredentials({
        accountId,
        broker: 'kis',
        label,
        mask: accountMask(credentials.accountNumber, credentials.productCode),
        isPaper,
        sealed,
        keyId: sealingKey.keyId,
      });
    } catch {
      return setFault('save');
    }
    await reload();
    toast.success(t('saved'));
    onDone();
  });
  const { errors } = formState;
  return (
    <form method="post" onSubmit={save} noValidate autoComplete="off" className="flex flex-col gap-3">
      {fault && <Notice tone="danger">{t(fault === 'key' ? 'keyDiffers' : 'saveFailed')}</Notice>}
      <ToggleGroup
        label={t('mode')}
        className="flex"
        value={isPaper ? 'paper' : 'real'}
        onValueChange={(mode) => setIsPaper(mode === 'paper')}
        options={[
          { value: 'paper', label: t('paperAccount') },
          { value: 'real', label: t('realAccount') },
        ]}
      />
      <div className="[&>p]:rounded-md [&>p]:px-3 [&>p]:py-1.5 [&>p]:text-xs">
        <ModeBanner isPaper={isPaper} />
      </div>
      <p className="text-faint text-xs">{t('modeForEver')}</p>
      <FormField label={t('label')} error={errors.label && t('labelMissing')}>
        {(control) => <Input {...control} {...register('label')} placeholder={t('labelExample')} />}
      </FormField>
      <div className="grid grid-cols-[1fr_6rem] gap-3">
        <FormField label={t('accountNumber')} help={t('accountNumberHelp')} error={errors.accountNumber && t('accountNumberHelp')}>
          {(control) => <Input {...control} {...register('accountNumber')} inputMode="numeric" placeholder="50123456" />}
        </FormField>
        <FormField label={t('productCode')} error={errors.productCode && t('productCodeHelp')}>
          {(control) => <Input {...control} {...register('productCode')} inputMode="numeric" />}
        </FormField>
      </div>
      <FormField label="App Key" error={errors.appKey && t('appKeyHelp')}>
        {(control) => <Input {...control} {...register('appKey')} spellCheck={false} />}
      </FormField>
      <FormField label="App Secret" error={errors.appSecret && t('appKeyHelp')}>
        {(control) => <Input {...control} {...register('appSecret')} type="password" autoComplete="off" spellCheck={false} />}
      </FormField>
      <FormField label={t('htsId')} help={t('htsIdHelp')}>
        {(control) => <Input {...control} {...register('htsId')} />}
      </FormField>
      <p className="flex items-start gap-2 text-muted text-xs">
        <Lock className="mt-0.5 size-3.5 shrink-0" aria-hidden />
        <span>
          {t('sealedWith')} <span className="font-mono">{sealingKey.fingerprint}</span>
        </span>
      </p>
      <DialogActions className="mt-1">
        <Button type="submit" variant="primary" isBusy={formState.isSubmitting}>
          {t('saveAndTest')}
        </Button>
      </DialogActions>
    </form>
  );
}
