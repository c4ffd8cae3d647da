'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { cn } from '#components/ui/class-names.ts';

/** The two pages of settings. */
export function SettingsNav() {
  const t = useTranslations('settings');
  const path = usePathname();
  return (
    <nav aria-label={t('title')} className="mb-4 flex gap-1 border-b">
      {(['/settings', '/settings/security'] as const).map((href) => (
        <Link
          key={href}
          href={href}
          aria-current={path === href ? 'page' : undefined}
          className={cn(
            '-mb-px border-transparent border-b-2 px-3 py-2 font-medium text-muted text-sm hover:text-text',
            path === href && 'border-brand text-text',
          )}
        >
          {t(href === '/settings' ? 'general' : 'security')}
        </Link>
      ))}
    </nav>
  );
}
