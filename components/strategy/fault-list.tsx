import { useLocale, useTranslations } from 'next-intl';
import { cn } from '#components/ui/class-names.ts';
import type { Fault } from '#domain/strategy/fault.ts';
import { toLocale } from '#lib/i18n/locale.ts';

interface Props {
  readonly faults: readonly Fault[];
  /** `warn`: worth knowing, but nothing stands in the way. */
  readonly tone?: 'danger' | 'warn';
  readonly title?: string;
}

/** Every fault at once: where it is and what to do about it. */
export function FaultList({ faults, tone = 'danger', title }: Props) {
  const t = useTranslations('strategies.faults');
  const locale = toLocale(useLocale());
  const heading = title ?? t('title', { count: faults.length });
  const isWarning = tone === 'warn';
  return (
    <section
      {...(isWarning ? {} : { role: 'alert' })}
      aria-label={heading}
      className={cn('rounded-md border p-3', isWarning ? 'border-warn/40 bg-warn-soft' : 'border-danger/40 bg-danger-soft')}
    >
      <p className={cn('font-medium text-sm', isWarning ? 'text-warn' : 'text-danger')}>{heading}</p>
      <ul className="mt-2 flex max-h-80 flex-col gap-2 overflow-y-auto">
        {faults.map((fault) => (
          <li key={`${fault.path}|${fault.code}|${fault.en}`} className="text-sm">
            <code className={cn('rounded bg-surface px-1 py-0.5 text-xs', isWarning ? 'text-warn' : 'text-danger')}>
              {fault.path || t('whole')}
            </code>
            <p className="mt-0.5">{fault[locale]}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
