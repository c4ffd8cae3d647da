'use client';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { toast } from 'sonner';
import { useAction } from '#components/desk/use-action.ts';
import { formatDay } from '#components/numbers/format.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { FormField } from '#components/ui/form.tsx';
import { Input } from '#components/ui/input.tsx';
import { adminRepo, type Invitation } from '#lib/db/admin.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { useNow } from '#lib/realtime/use-now.ts';

/** What has become of an invitation. Before the time is known (null, the first paint) none has run out. */
export function invitationState(row: Pick<Invitation, 'acceptedAt' | 'expiresAt'>, now: number | null): 'accepted' | 'expired' | 'open' {
  if (row.acceptedAt !== null) return 'accepted';
  return now !== null && Date.parse(row.expiresAt) <= now ? 'expired' : 'open';
}
const TONE = { accepted: 'ok', expired: 'neutral', open: 'brand' } as const;

/** Who may sign up and trade on paper at once: a form for one address, and the addresses named so far. */
export function InvitationsPanel({ initial }: { initial: readonly Invitation[] }) {
  const t = useTranslations('admin.invitations');
  const db = useDb();
  const now = useNow(60_000);
  const { isBusy, run } = useAction();
  const [rows, setRows] = useState(initial);
  const [email, setEmail] = useState('');
  const change = (action: () => Promise<void>) =>
    run(async () => {
      await action();
      setRows(await adminRepo(db).invitations());
    });
  const invite = async (event: FormEvent) => {
    event.preventDefault();
    if (!(await change(() => adminRepo(db).invite(email.trim())))) return;
    toast.success(t('invited', { email: email.trim() }));
    setEmail('');
  };
  return (
    <section className="border-t p-4" aria-label={t('title')}>
      <h2 className="font-medium">{t('title')}</h2>
      <form onSubmit={invite} className="mt-2 flex flex-wrap items-start gap-2">
        <FormField label={t('email')} help={t('help')} className="min-w-0 grow sm:max-w-md">
          {(control) => (
            <Input {...control} type="email" required maxLength={254} value={email} onChange={(event) => setEmail(event.target.value)} />
          )}
        </FormField>
        <Button type="submit" variant="primary" className="sm:mt-6" disabled={isBusy}>
          {t('invite')}
        </Button>
      </form>
      {rows.length > 0 && (
        <ul className="mt-3 divide-y" aria-label={t('title')}>
          {rows.map((row) => {
            const state = invitationState(row, now);
            return (
              <li key={row.id} className="flex flex-wrap items-center gap-2 py-2 text-sm">
                <span className="min-w-0 break-all">{row.email}</span>
                <Badge tone={TONE[state]}>{t(`state.${state}`, { day: formatDay(row.acceptedAt ?? row.expiresAt) })}</Badge>
                {state !== 'accepted' && (
                  <Button
                    size="sm"
                    variant="ghost"
                    className="ml-auto"
                    disabled={isBusy}
                    aria-label={t('withdrawOf', { email: row.email })}
                    onClick={() => void change(() => adminRepo(db).withdrawInvitation(row.email))}
                  >
                    {t('withdraw')}
                  </Button>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
