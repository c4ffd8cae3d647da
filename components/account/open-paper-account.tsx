'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { FlaskConical } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useRef, useState } from 'react';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { z } from 'zod';
import { useDesk } from '#components/desk/desk-context.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogActions, DialogContent } from '#components/ui/dialog.tsx';
import { FormField } from '#components/ui/form.tsx';
import { Input } from '#components/ui/input.tsx';
import { Notice } from '#components/ui/states.tsx';
import { accountRepo } from '#lib/db/accounts.ts';
import { useDb } from '#lib/realtime/context.tsx';

/** Won; the bounds of `open_paper_account`. People write thousands with commas. */
const cash = z
  .string()
  .transform((text) => Number(text.replaceAll(',', '')))
  .pipe(z.int().min(1_000_000).max(10_000_000_000));
const form = z.object({ label: z.string().trim().min(1).max(40), cash });

/** The button and the form that open an account without keys: it trades on live quotes, and never real money. */
export function OpenPaperAccount() {
  const t = useTranslations('accounts');
  const db = useDb();
  const { reload } = useDesk();
  const [isOpen, setIsOpen] = useState(false);
  const [hasFailed, setHasFailed] = useState(false);
  /** One id for one form: sending it twice opens one account. */
  const id = useRef('');
  const { register, handleSubmit, formState, reset } = useForm<z.input<typeof form>, unknown, z.output<typeof form>>({
    resolver: zodResolver(form),
    defaultValues: { label: '', cash: '100,000,000' },
  });
  const { errors } = formState;
  const start = () => {
    id.current = crypto.randomUUID();
    reset();
    setHasFailed(false);
    setIsOpen(true);
  };
  const open = handleSubmit(async (wanted) => {
    setHasFailed(false);
    try {
      await accountRepo(db).openPaper({ accountId: id.current, ...wanted });
    } catch {
      return setHasFailed(true);
    }
    await reload();
    toast.success(t('virtual.opened'));
    setIsOpen(false);
  });
  return (
    <>
      <Button onClick={start}>
        <FlaskConical aria-hidden />
        {t('virtual.open')}
      </Button>
      <Dialog open={isOpen} onOpenChange={setIsOpen}>
        <DialogContent title={t('virtual.open')} description={t('virtual.description')} className="max-w-md">
          <form method="post" onSubmit={open} noValidate autoComplete="off" className="flex flex-col gap-3">
            {hasFailed && <Notice tone="danger">{t('virtual.failed')}</Notice>}
            <FormField label={t('label')} error={errors.label && t('labelMissing')}>
              {(control) => <Input {...control} {...register('label')} placeholder={t('virtual.labelExample')} />}
            </FormField>
            <FormField label={t('virtual.cash')} help={t('virtual.cashHelp')} error={errors.cash && t('virtual.cashHelp')}>
              {(control) => <Input {...control} {...register('cash')} inputMode="numeric" />}
            </FormField>
            <DialogActions className="mt-1">
              <Button type="submit" variant="primary" isBusy={formState.isSubmitting}>
                {t('virtual.open')}
              </Button>
            </DialogActions>
          </form>
        </DialogContent>
      </Dialog>
    </>
  );
}
