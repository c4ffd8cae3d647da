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
import { useAuthClient } from './use-auth-client.tsx';

const request = z.object({ email: z.email() });

/** Says the same whether or not the address is known. */
export function ForgotForm() {
  const t = useTranslations('auth');
  const auth = useAuthClient().auth;
  const [fault, setFault] = useState<AuthFault | null>(null);
  const [isSent, setIsSent] = useState(false);
  const { register, handleSubmit, formState } = useForm<z.infer<typeof request>>({
    resolver: zodResolver(request),
    defaultValues: { email: '' },
  });
  const submit = handleSubmit(async ({ email }) => {
    setFault(null);
    const { error } = await auth.resetPasswordForEmail(email, { redirectTo: `${location.origin}/auth/confirm?next=/reset-password` });
    const known = error ? authFault(error) : null;
    if (known === 'unreachable' || known === 'over_request_rate_limit') return setFault(known);
    setIsSent(true);
  });
  if (isSent) return <Notice tone="ok">{t('forgot.sent')}</Notice>;
  return (
    <form method="post" onSubmit={submit} noValidate className="flex flex-col gap-4">
      {fault && <Notice tone="danger">{t(`fault.${fault}`)}</Notice>}
      <FormField label={t('email')} error={formState.errors.email && t('emailInvalid')}>
        {(control) => <Input {...control} type="email" autoComplete="username" {...register('email')} />}
      </FormField>
      <Button type="submit" variant="primary" size="lg" isBusy={formState.isSubmitting}>
        {t('forgot.submit')}
      </Button>
    </form>
  );
}
