/** Korea has kept UTC+9 without summer time since 1988, so a fixed offset is exact for every day the venue knows. */
const OFFSET_MS = 9 * 3_600_000;

/** `YYYY-MM-DD` in Seoul of an instant. */
export const seoulDay = (epochMs: number): string => new Date(epochMs + OFFSET_MS).toISOString().slice(0, 10);

/** `HHMMSS` in Seoul of an instant. */
export const seoulTime = (epochMs: number): string => new Date(epochMs + OFFSET_MS).toISOString().slice(11, 19).replaceAll(':', '');

/** `YYYY-MM-DD HH:MM:SS` in Seoul, as KIS writes a token's expiry. */
export const seoulStamp = (epochMs: number): string => new Date(epochMs + OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');

/** The instant of `minutes` after midnight in Seoul. */
export const seoulInstant = (day: string, minutes = 0): number => Date.parse(`${day}T00:00:00Z`) - OFFSET_MS + minutes * 60_000;

/** `20261122` for KIS. */
export const compactDay = (day: string): string => day.replaceAll('-', '');

/** `2026-11-22` from KIS's eight digits; null when it is no such day. */
export function parseCompactDay(text: string): string | null {
  if (!/^\d{8}$/.test(text)) return null;
  const day = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== day ? null : day;
}

/** 0 Sunday … 6 Saturday. */
export const weekday = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay();
