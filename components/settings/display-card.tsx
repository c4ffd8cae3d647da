'use client';
import { useRouter } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import { useEffect, useState } from 'react';
import { toast } from 'sonner';
import { useDesk } from '#components/desk/desk-context.tsx';
import { Change } from '#components/numbers/change.tsx';
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx';
import { ToggleGroup } from '#components/ui/toggle-group.tsx';
import { preferenceRepo } from '#lib/db/preferences.ts';
import { LOCALE_COOKIE, type Locale } from '#lib/i18n/locale.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { UPDOWN_COOKIE, type UpDown } from './up-down.ts';

const YEAR_S = 31_536_000;

/** Theme, language, colours of rise and fall. */
export function DisplayCard({ initialUpDown }: { initialUpDown: UpDown }) {
  const t = useTranslations('settings');
  const locale = useLocale() as Locale;
  const router = useRouter();
  const db = useDb();
  const { user } = useDesk();
  const { theme, setTheme } = useTheme();
  const [isMounted, setIsMounted] = useState(false);
  const [upDown, setUpDown] = useState(initialUpDown);
  useEffect(() => setIsMounted(true), []);
  const keep = (name: string, value: string) => {
    // biome-ignore lint/suspicious/noDocumentCookie: the server reads these with the next page.
    document.cookie = `${name}=${value}; path=/; max-age=${YEAR_S}; samesite=lax`;
  };
  const chooseLocale = async (next: Locale) => {
    keep(LOCALE_COOKIE, next);
    router.refresh();
    await preferenceRepo(db)
      .saveProfile(user.id, { locale: next })
      .catch(() => toast.error(t('saveFailed')));
  };
  return (
    <Card>
      <CardHeader title={t('display')} />
      <CardBody className="flex flex-col gap-4">
        <Row label={t('theme')}>
          <ToggleGroup
            label={t('theme')}
            value={isMounted ? (theme ?? 'dark') : 'dark'}
            onValueChange={setTheme}
            options={(['dark', 'light', 'system'] as const).map((value) => ({ value: value as string, label: t(`themes.${value}`) }))}
          />
        </Row>
        <Row label={t('language')}>
          <ToggleGroup
            label={t('language')}
            value={locale}
            onValueChange={chooseLocale}
            options={[
              { value: 'ko', label: '한국어' },
              { value: 'en', label: 'English' },
            ]}
          />
        </Row>
        <Row label={t('upDown')}>
          <ToggleGroup
            label={t('upDown')}
            value={upDown}
            onValueChange={(next) => {
              keep(UPDOWN_COOKIE, next);
              document.documentElement.dataset.updown = next;
              setUpDown(next);
            }}
            options={[
              { value: 'red-blue', label: t('redBlue') },
              { value: 'green-red', label: t('greenRed') },
            ]}
          />
        </Row>
        <p className="flex gap-4 rounded-md bg-sunken px-3 py-2 text-sm">
          <Change change={1_200} rate={0.0123} />
          <Change change={-1_200} rate={-0.0123} />
        </p>
      </CardBody>
    </Card>
  );
}

function Row({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-2">
      <span className="text-sm">{label}</span>
      {children}
    </div>
  );
}
