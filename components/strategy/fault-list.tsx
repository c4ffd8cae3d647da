import { useLocale, useTranslations } from 'next-intl';
import type { Fault } from '#domain/strategy/fault.ts';
import { toLocale } from '#lib/i18n/locale.ts';

/** Every fault at once: where it is and what to do about it. */
export function FaultList({ faults }: { faults: readonly Fault[] }) {
  const t = useTranslations('strategies.faults');
  const locale = toLocale(useLocale());
  return (
    <section
      role="alert"
      aria-label={t('title', { count: faults.length })}
      className="rounded-md border border-danger/40 bg-danger-soft p-3"
    >
      <p className="font-medium text-danger text-sm">{t('title', { count: faults.length })}</p>
      <ul className="mt-2 flex max-h-80 flex-col gap-2 overflow-y-auto">
        {faults.map((fault) => (
          <li key={`${fault.path}|${fault.code}|${fault.en}`} className="text-sm">
            <code className="rounded bg-surface px-1 py-0.5 text-danger text-xs">{fault.path || t('whole')}</code>
            <p className="mt-0.5">{fault[locale]}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
