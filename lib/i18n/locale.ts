/** Languages of the product; the first is the default. */
export const LOCALES = ['ko', 'en'] as const;
export type Locale = (typeof LOCALES)[number];

/** The cookie that keeps a person's language; no URL prefix. */
export const LOCALE_COOKIE = 'narae_locale';

/** Reads a stored language; anything unknown is Korean. */
export function toLocale(value: string | undefined | null): Locale {
  return value === 'en' ? 'en' : 'ko';
}
