import type { HaltLevel, HaltView } from '#lib/db/platform.ts';

/** Puts a row into a list by id; an older version never replaces a newer one. New rows stand first. */
export function upsertNewer<T extends { readonly id: string; readonly version: number }>(shown: readonly T[], row: T): readonly T[] {
  const known = shown.find((candidate) => candidate.id === row.id);
  if (!known) return [row, ...shown];
  if (known.version > row.version) return shown;
  return shown.map((candidate) => (candidate.id === row.id ? row : candidate));
}

const SEVERITY: Record<HaltLevel, number> = { none: 0, pause_entries: 1, reduce_only: 2, halt: 3 };

/** The strictest level that binds a person: the platform's or their own. */
export function effectiveHalt(halts: readonly HaltView[], userId: string): HaltLevel {
  return halts
    .filter((row) => row.scope === 'platform' || (row.scope === 'user' && row.scopeId === userId))
    .reduce<HaltLevel>((strictest, row) => (SEVERITY[row.level] > SEVERITY[strictest] ? row.level : strictest), 'none');
}
