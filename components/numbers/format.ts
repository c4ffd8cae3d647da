import type { Locale } from '#lib/i18n/locale.ts';

/** Formatting of won, shares, percent and times: pure, the only place that does it. */

const grouped = new Intl.NumberFormat('ko-KR', { maximumFractionDigits: 0 });
const twoDecimals = new Intl.NumberFormat('ko-KR', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const upToTwo = new Intl.NumberFormat('ko-KR', { maximumFractionDigits: 2 });
const MINUS = '−';

/** 1,234,500 */
export function formatNumber(value: number): string {
  return grouped.format(value).replace('-', MINUS);
}

/** 1,234,500원 · ₩1,234,500 */
export function formatWon(value: number, locale: Locale = 'ko'): string {
  if (locale === 'ko') return `${formatNumber(value)}원`;
  return value < 0 ? `${MINUS}₩${grouped.format(-value)}` : `₩${grouped.format(value)}`;
}

/** +1,234,500원: always with its sign; nothing before a zero. */
export function formatSignedWon(value: number, locale: Locale = 'ko'): string {
  const rounded = Math.round(value);
  return `${rounded > 0 ? '+' : ''}${formatWon(rounded, locale)}`;
}

/** 12.3억, 4,567만 in Korean; 1.23B, 4.57M in English. For cards; the exact figure goes in the title. */
export function formatShortWon(value: number, locale: Locale = 'ko'): string {
  const sign = value < 0 ? MINUS : '';
  const size = Math.abs(value);
  if (locale === 'en') {
    if (size >= 1e12) return `${sign}₩${upToTwo.format(size / 1e12)}T`;
    if (size >= 1e9) return `${sign}₩${upToTwo.format(size / 1e9)}B`;
    if (size >= 1e6) return `${sign}₩${upToTwo.format(size / 1e6)}M`;
    return `${sign}₩${grouped.format(size)}`;
  }
  if (size >= 1e12) return `${sign}${upToTwo.format(size / 1e12)}조`;
  if (size >= 1e8) return `${sign}${upToTwo.format(size / 1e8)}억`;
  if (size >= 1e6) return `${sign}${grouped.format(size / 1e4)}만`;
  return `${sign}${grouped.format(size)}원`;
}

/** Won on an axis, where neighbours differ little: whole 만 in Korean, thousands in English. */
export function formatAxisWon(value: number, locale: Locale = 'ko'): string {
  return locale === 'ko' ? `${formatNumber(value / 1e4)}만` : `${formatNumber(value / 1e3)}k`;
}

/** A fraction as +1.23%. */
export function formatPercent(fraction: number): string {
  const percent = Math.round(fraction * 10_000) / 100;
  return `${percent > 0 ? '+' : percent < 0 ? MINUS : ''}${twoDecimals.format(Math.abs(percent))}%`;
}

/** 1,234주 · 1,234 sh */
export function formatShares(value: number, locale: Locale = 'ko'): string {
  return locale === 'ko' ? `${formatNumber(value)}주` : `${formatNumber(value)} sh`;
}

/** ▲ ▼ − beside every coloured number, so that colour is never alone. */
export function arrowOf(change: number): '▲' | '▼' | '' {
  return change > 0 ? '▲' : change < 0 ? '▼' : '';
}

const kst = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul', ...options });
const dayTime = kst({
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const timeOnly = kst({ hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const dayOnly = kst({ year: 'numeric', month: '2-digit', day: '2-digit' });

/** 2026-11-23 09:00:01 in Seoul. */
export function formatTime(instant: string | number | Date): string {
  return dayTime.format(new Date(instant));
}

/** 09:00:01 in Seoul. */
export function formatClock(instant: string | number | Date): string {
  return timeOnly.format(new Date(instant));
}

/** 09:00:01.123 in Seoul. */
export function formatClockMs(instant: string | number | Date): string {
  const at = new Date(instant);
  return `${timeOnly.format(at)}.${String(at.getUTCMilliseconds()).padStart(3, '0')}`;
}

/** The calendar day in Seoul, YYYY-MM-DD. */
export function formatDay(instant: string | number | Date): string {
  return dayOnly.format(new Date(instant));
}

/** Whole units of an age: 12초, 3분, 2시간, 5일. */
export function formatAge(ageMs: number, locale: Locale = 'ko'): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1_000));
  const [value, ko, en] =
    seconds < 60
      ? [seconds, '초', 's']
      : seconds < 3_600
        ? [Math.floor(seconds / 60), '분', 'm']
        : seconds < 86_400
          ? [Math.floor(seconds / 3_600), '시간', 'h']
          : [Math.floor(seconds / 86_400), '일', 'd'];
  return `${value}${locale === 'ko' ? ko : en}`;
}
