import { cookies } from 'next/headers';
import { getRequestConfig } from 'next-intl/server';
import { LOCALE_COOKIE, toLocale } from './locale.ts';
import { en, ko } from './messages.ts';

/** Language by cookie; every time is shown in Seoul. */
export default getRequestConfig(async () => {
  const locale = toLocale((await cookies()).get(LOCALE_COOKIE)?.value);
  return { locale, messages: locale === 'en' ? en : ko, timeZone: 'Asia/Seoul' };
});
