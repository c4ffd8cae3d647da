import type { useTranslations } from 'next-intl';
import type { NotificationView } from '#lib/db/platform.ts';

type Values = Record<string, string | number>;

/** The sentence of a notification in the reader's language; an unknown kind shows its name and figures rather than nothing. */
export function notificationText(
  t: ReturnType<typeof useTranslations<'dashboard'>>,
  row: Pick<NotificationView, 'kind' | 'payload'>,
): string {
  const key = `notice.${row.kind}` as 'notice.order_reopened';
  const values: Values = {};
  for (const [name, value] of Object.entries(row.payload)) {
    if (typeof value === 'string' || typeof value === 'number') values[name] = value;
  }
  if (t.has(key)) return t(key, values as never);
  const figures = Object.entries(values).map(([name, value]) => `${name} ${value}`);
  return [row.kind.replaceAll('_', ' '), ...figures].join(' · ');
}
