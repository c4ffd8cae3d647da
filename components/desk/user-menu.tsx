'use client';
import { Languages, LogOut, Moon, Settings, ShieldCheck, Sun, User } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import { Button } from '#components/ui/button.tsx';
import { Dropdown, DropdownContent, DropdownItem, DropdownLabel, DropdownSeparator, DropdownTrigger } from '#components/ui/dropdown.tsx';
import { LOCALE_COOKIE } from '#lib/i18n/locale.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { useDesk } from './desk-context.tsx';
import { MAIN_NAV } from './navigation.ts';

/** Who is signed in; theme, language, the pages a phone's bottom bar has no room for, signing out. */
export function UserMenu() {
  const t = useTranslations('shell');
  const locale = useLocale();
  const router = useRouter();
  const db = useDb();
  const { user } = useDesk();
  const { resolvedTheme, setTheme } = useTheme();
  const signOut = async () => {
    await db.auth.signOut({ scope: 'local' });
    router.replace('/login');
    router.refresh();
  };
  const switchLanguage = () => {
    // biome-ignore lint/suspicious/noDocumentCookie: the server reads the language with the next page.
    document.cookie = `${LOCALE_COOKIE}=${locale === 'ko' ? 'en' : 'ko'}; path=/; max-age=31536000; samesite=lax`;
    router.refresh();
  };
  return (
    <Dropdown>
      <DropdownTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={t('menu')}>
          <User aria-hidden />
        </Button>
      </DropdownTrigger>
      <DropdownContent>
        <DropdownLabel>
          {user.displayName && <span className="block font-medium text-text">{user.displayName}</span>}
          {user.email}
        </DropdownLabel>
        <DropdownSeparator />
        {MAIN_NAV.filter((entry) => ['/positions', '/backtests', '/auto', '/accounts'].includes(entry.href)).map(
          ({ href, label, icon: Icon }) => (
            <DropdownItem key={href} className="md:hidden" onSelect={() => router.push(href)}>
              <Icon aria-hidden />
              {t(`nav.${label}`)}
            </DropdownItem>
          ),
        )}
        {user.isAdmin && (
          <DropdownItem className="md:hidden" onSelect={() => router.push('/admin')}>
            <ShieldCheck aria-hidden />
            {t('nav.admin')}
          </DropdownItem>
        )}
        <DropdownItem onSelect={() => setTheme(resolvedTheme === 'dark' ? 'light' : 'dark')}>
          {resolvedTheme === 'dark' ? <Sun aria-hidden /> : <Moon aria-hidden />}
          {t(resolvedTheme === 'dark' ? 'toLight' : 'toDark')}
        </DropdownItem>
        <DropdownItem onSelect={switchLanguage} lang={locale === 'ko' ? 'en' : 'ko'}>
          <Languages aria-hidden />
          {locale === 'ko' ? 'English' : '한국어'}
        </DropdownItem>
        <DropdownItem onSelect={() => router.push('/settings')}>
          <Settings aria-hidden />
          {t('nav.settings')}
        </DropdownItem>
        <DropdownSeparator />
        <DropdownItem onSelect={signOut}>
          <LogOut aria-hidden />
          {t('signOut')}
        </DropdownItem>
      </DropdownContent>
    </Dropdown>
  );
}
