'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { useRouter } from 'next/navigation';
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

export const MIN_PASSWORD_LENGTH = 10;
const signup = z.object({ name: z.string().trim().min(1).max(80), email: z.email(), password: z.string().min(MIN_PASSWORD_LENGTH) });

export function SignupForm() {
  const t = useTranslations('auth');
  const router = useRouter();
  const auth = useAuthClient().auth;
  const [fault, setFault] = useState<AuthFault | null>(null);
  const [sentTo, setSentTo] = useState<string | null>(null);
  const { register, handleSubmit, formState } = useForm<z.infer<typeof signup>>({
    resolver: zodResolver(signup),
    defaultValues: { name: '', email: '', password: '' },
  });
  const submit = handleSubmit(async ({ name, email, password }) => {
    setFault(null);
    const { data, error } = await auth.signUp({
      email,
      password,
      options: { data: { display_name: name }, emailRedirectTo: `${location.origin}/auth/confirm` },
    });
    if (error) return setFault(authFault(error));
    if (!data.session) return setSentTo(email);
    router.replace('/');
    router.refresh();
  });
  if (sentTo) return <Notice tone="ok">{t('signup.sent', { email: sentTo })}</Notice>;
  return (
    <form method="post" onSubmit={submit} noValidate className="flex flex-col gap-4">
      {fault && <Notice tone="danger">{t(`fault.${fault}`)}</Notice>}
      <FormField label={t('displayName')} error={formState.errors.name && t('nameMissing')}>
        {(control) => <Input {...control} autoComplete="name" {...register('name')} />}
      </FormField>
      <FormField label={t('email')} error={formState.errors.email && t('emailInvalid')}>
        {(control) => <Input {...control} type="email" autoComplete="username" {...register('email')} />}
      </FormField>
      <FormField
        label={t('password')}
        help={t('passwordRule', { count: MIN_PASSWORD_LENGTH })}
        error={formState.errors.password && t('passwordRule', { count: MIN_PASSWORD_LENGTH })}
      >
        {(control) => <Input {...control} type="password" autoComplete="new-password" {...register('password')} />}
      </FormField>
      <Button type="submit" variant="primary" size="lg" isBusy={formState.isSubmitting}>
        {t('signup.submit')}
      </Button>
    </form>
  );
}
