import type { Locale } from './locale.ts';
import type { ko } from './messages.ts';

declare module 'next-intl' {
  interface AppConfig {
    Locale: Locale;
    Messages: typeof ko;
  }
}
