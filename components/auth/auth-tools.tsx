'use client';
import { Moon, Sun } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import { useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { LOCALE_COOKIE } from '#lib/i18n/locale.ts';

/** Language and theme before anybody is signed in. */
export function AuthTools() {
  const t = useTranslations('shell');
  const locale = useLocale();
  const router = useRouter();
  const { resolvedTheme, setTheme } = useTheme();
  const [isMounted, setIsMounted] = useState(false);
  useEffect(() => setIsMounted(true), []);
  const isDark = !isMounted || resolvedTheme === 'dark';
  return (
    <div className="flex items-center gap-1">
      <Button
        variant="ghost"
        size="sm"
        lang={locale === 'ko' ? 'en' : 'ko'}
        onClick={() => {
          // biome-ignore lint/suspicious/noDocumentCookie: the server reads the language with the next page.
          document.cookie = `${LOCALE_COOKIE}=${locale === 'ko' ? 'en' : 'ko'}; path=/; max-age=31536000; samesite=lax`;
          router.refresh();
        }}
      >
        {locale === 'ko' ? 'English' : '한국어'}
      </Button>
      <Button variant="ghost" size="icon" aria-label={t(isDark ? 'toLight' : 'toDark')} onClick={() => setTheme(isDark ? 'light' : 'dark')}>
        {isDark ? <Sun aria-hidden /> : <Moon aria-hidden />}
      </Button>
    </div>
  );
}
