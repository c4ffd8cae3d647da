/** Time as the adapter sees it; tests hand in one they can move. */
export interface KisClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs once after `ms`; the returned function calls it off. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: KisClock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export function sleep(clock: KisClock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

const SEOUL_OFFSET_MS = 9 * 3_600_000; // Korea has had no daylight saving since 1988.

/** `YYYYMMDD` and `HHMMSS` in Seoul of an instant. */
export function seoulParts(at: number): { date: string; time: string } {
  const text = new Date(at + SEOUL_OFFSET_MS).toISOString();
  return { date: text.slice(0, 10).replaceAll('-', ''), time: text.slice(11, 19).replaceAll(':', '') };
}

/** KIS writes token expiry as `YYYY-MM-DD HH:MM:SS` in Seoul without a zone; null when it is no such text. */
export function parseSeoulTimestamp(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text)) return null;
  const at = Date.parse(`${text.replace(' ', 'T')}+09:00`);
  return Number.isNaN(at) ? null : at;
}

/** `days` before a `YYYYMMDD`. */
export function daysBefore(day: string, days: number): string {
  const at = Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}T00:00:00Z`);
  return new Date(at - days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
}
