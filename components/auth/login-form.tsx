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

const credentials = z.object({ email: z.email(), password: z.string().min(1) });

/** The demo's people; shown on the local stack only. */
const DEMO = { password: 'narae-demo-2026', people: ['minjun', 'seoyeon', 'admin'] } as const;

export function LoginForm({ next, isDemo, fault: initialFault }: { next: string; isDemo: boolean; fault: AuthFault | null }) {
  const t = useTranslations('auth');
  const router = useRouter();
  const auth = useAuthClient().auth;
  const [fault, setFault] = useState<AuthFault | null>(initialFault);
  const { register, handleSubmit, formState, setValue } = useForm<z.infer<typeof credentials>>({
    resolver: zodResolver(credentials),
    defaultValues: { email: '', password: '' },
  });
  const signIn = handleSubmit(async (values) => {
    setFault(null);
    const { error } = await auth.signInWithPassword(values);
    if (error) return setFault(authFault(error));
    router.replace(next);
    router.refresh();
  });
  const asDemo = (person: (typeof DEMO.people)[number]) => {
    setValue('email', `${person}@narae.local`);
    setValue('password', DEMO.password);
    void signIn();
  };
  return (
    <form method="post" onSubmit={signIn} noValidate className="flex flex-col gap-4">
      {fault && <Notice tone="danger">{t(`fault.${fault}`)}</Notice>}
      <FormField label={t('email')} error={formState.errors.email && t('emailInvalid')}>
        {(control) => <Input {...control} type="email" autoComplete="username" inputMode="email" {...register('email')} />}
      </FormField>
      <FormField label={t('password')} error={formState.errors.password && t('passwordMissing')}>
        {(control) => <Input {...control} type="password" autoComplete="current-password" {...register('password')} />}
      </FormField>
      <Button type="submit" variant="primary" size="lg" isBusy={formState.isSubmitting}>
        {t('login.submit')}
      </Button>
      {isDemo && (
        <section aria-label={t('demo.title')} className="rounded-md border border-dashed p-3">
          <p className="font-medium text-xs">{t('demo.title')}</p>
          <p className="mt-0.5 text-muted text-xs">{t('demo.body', { password: DEMO.password })}</p>
          <div className="mt-2 grid grid-cols-3 gap-2">
            {DEMO.people.map((person) => (
              <Button key={person} size="sm" disabled={formState.isSubmitting} onClick={() => asDemo(person)}>
                {t(`demo.${person}`)}
              </Button>
            ))}
          </div>
        </section>
      )}
    </form>
  );
}
