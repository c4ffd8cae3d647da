'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { Button } from '#components/ui/button.tsx';
import { FormField } from '#components/ui/form.tsx';
import { Input } from '#components/ui/input.tsx';
import { Notice } from '#components/ui/states.tsx';
import { type AuthFault, authFault } from './auth-fault.ts';
import { MIN_PASSWORD_LENGTH } from './signup-form.tsx';
import { useAuthClient } from './use-auth-client.tsx';

const change = z
  .object({ password: z.string().min(MIN_PASSWORD_LENGTH), again: z.string() })
  .refine((values) => values.password === values.again, { path: ['again'] });

/** Sets a new password for whoever this session belongs to. */
export function NewPasswordForm({ onDone }: { onDone?: () => void }) {
  const t = useTranslations('auth');
  const auth = useAuthClient().auth;
  const [fault, setFault] = useState<AuthFault | null>(null);
  const [isDone, setIsDone] = useState(false);
  const { register, handleSubmit, formState, reset } = useForm<z.infer<typeof change>>({
    resolver: zodResolver(change),
    defaultValues: { password: '', again: '' },
  });
  const submit = handleSubmit(async ({ password }) => {
    setFault(null);
    const { error } = await auth.updateUser({ password });
    if (error) return setFault(authFault(error));
    reset();
    setIsDone(true);
    onDone?.();
  });
  return (
    <form method="post" onSubmit={submit} noValidate className="flex flex-col gap-4">
      {fault && <Notice tone="danger">{t(`fault.${fault}`)}</Notice>}
      {isDone && <Notice tone="ok">{t('reset.done')}</Notice>}
      <FormField
        label={t('newPassword')}
        help={t('passwordRule', { count: MIN_PASSWORD_LENGTH })}
        error={formState.errors.password && t('passwordRule', { count: MIN_PASSWORD_LENGTH })}
      >
        {(control) => <Input {...control} type="password" autoComplete="new-password" {...register('password')} />}
      </FormField>
      <FormField label={t('passwordAgain')} error={formState.errors.again && t('passwordDiffers')}>
        {(control) => <Input {...control} type="password" autoComplete="new-password" {...register('again')} />}
      </FormField>
      <Button type="submit" variant="primary" isBusy={formState.isSubmitting}>
        {t('reset.submit')}
      </Button>
    </form>
  );
}
