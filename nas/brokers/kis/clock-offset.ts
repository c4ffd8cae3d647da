/** Answers needed before the median is worth anything, and how many are kept. */
const ENOUGH = 5;
const KEPT = 21;

/** The broker's clock against ours, from `Date` headers. They have whole seconds, so half a second is added on average. */
export function createClockOffset() {
  const samples: number[] = [];
  return {
    note(dateHeader: string | undefined, sentAt: number, receivedAt: number): void {
      const theirs = dateHeader ? Date.parse(dateHeader) : Number.NaN;
      if (Number.isNaN(theirs)) return;
      samples.push(theirs + 500 - (sentAt + receivedAt) / 2);
      if (samples.length > KEPT) samples.shift();
    },
    /** Milliseconds, broker minus ours; null before five answers. */
    median(): number | null {
      if (samples.length < ENOUGH) return null;
      const sorted = [...samples].sort((a, b) => a - b);
      return Math.round(sorted[Math.floor(sorted.length / 2)]!);
    },
  };
}
