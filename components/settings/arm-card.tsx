'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useDesk } from '#components/desk/desk-context.tsx';
import { formatAge, formatClock } from '#components/numbers/format.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx';
import { FormField } from '#components/ui/form.tsx';
import { Input } from '#components/ui/input.tsx';
import { Notice } from '#components/ui/states.tsx';
import { platformRepo } from '#lib/db/platform.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { useNow } from '#lib/realtime/use-now.ts';

/** Real orders need the password again; the permission of this session ends after 30 minutes. */
export function ArmCard({ initialUntil }: { initialUntil: string | null }) {
  const t = useTranslations('settings');
  const db = useDb();
  const { locale } = useDesk();
  const now = useNow(1_000);
  const [until, setUntil] = useState(initialUntil);
  const [password, setPassword] = useState('');
  const [hasFailed, setHasFailed] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const isArmed = until !== null && now !== null && Date.parse(until) > now;
  const arm = async () => {
    setIsBusy(true);
    setHasFailed(false);
    try {
      setUntil(await platformRepo(db).armRealTrading(password));
      setPassword('');
    } catch {
      setHasFailed(true);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Card>
      <CardHeader title={t('arm')} actions={<Badge tone={isArmed ? 'real' : 'neutral'}>{t(isArmed ? 'armed' : 'disarmed')}</Badge>} />
      <CardBody>
        <p className="text-muted text-sm">{t('armBody')}</p>
        {isArmed && (
          <p className="num mt-2 text-sm" role="timer">
            {t('armedUntil', { time: formatClock(until), left: formatAge(Date.parse(until) - now, locale) })}
          </p>
        )}
        <form
          method="post"
          className="mt-4 flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            void arm();
          }}
        >
          {hasFailed && <Notice tone="danger">{t('armFailed')}</Notice>}
          <FormField label={t('password')}>
            {(control) => (
              <Input
                {...control}
                type="password"
                autoComplete="current-password"
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
            )}
          </FormField>
          <Button type="submit" variant="danger" isBusy={isBusy} disabled={password === ''} className="self-start">
            {t('armButton')}
          </Button>
        </form>
      </CardBody>
    </Card>
  );
}
