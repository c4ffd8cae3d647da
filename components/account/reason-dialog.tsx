'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogActions, DialogClose, DialogContent } from '#components/ui/dialog.tsx';
import { FormField } from '#components/ui/form.tsx';
import { Textarea } from '#components/ui/input.tsx';

interface Props {
  readonly question: { readonly title: string; readonly body: string } | null;
  readonly isBusy: boolean;
  readonly onConfirm: (reason: string) => Promise<void>;
  readonly onClose: () => void;
}

/** Asks for the reason of something that is written into the audit log. */
export function ReasonDialog({ question, isBusy, onConfirm, onClose }: Props) {
  const t = useTranslations('accounts.reconciliation');
  const [reason, setReason] = useState('');
  useEffect(() => {
    if (question) setReason('');
  }, [question]);
  return (
    <Dialog open={question !== null} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent title={question?.title ?? ''} description={question?.body ?? ''}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (reason.trim() !== '') void onConfirm(reason.trim());
          }}
        >
          <FormField label={t('reason')} help={t('reasonHelp')}>
            {(control) => (
              <Textarea {...control} value={reason} maxLength={500} required onChange={(event) => setReason(event.target.value)} />
            )}
          </FormField>
          <DialogActions>
            <DialogClose asChild>
              <Button type="button">{t('back')}</Button>
            </DialogClose>
            <Button type="submit" variant="primary" isBusy={isBusy} disabled={reason.trim() === ''}>
              {t('confirm')}
            </Button>
          </DialogActions>
        </form>
      </DialogContent>
    </Dialog>
  );
}
