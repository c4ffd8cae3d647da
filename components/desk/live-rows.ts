import type { HaltLevel, HaltView } from '#lib/db/platform.ts';

/** Puts a row into a list by id; an older version never replaces a newer one. New rows stand first. */
export function upsertNewer<T extends { readonly id: string; readonly version: number }>(shown: readonly T[], row: T): readonly T[] {
  const known = shown.find((candidate) => candidate.id === row.id);
  if (!known) return [row, ...shown];
  if (known.version > row.version) return shown;
  return shown.map((candidate) => (candidate.id === row.id ? row : candidate));
}

const SEVERITY: Record<HaltLevel, number> = { none: 0, pause_entries: 1, reduce_only: 2, halt: 3, cancel_all: 4 };

/** Whose trading is looked at; without an account only the halts of the person and the platform count. */
export interface HaltSubject {
  readonly userId: string;
  readonly account: { readonly id: string; readonly broker: string } | null;
}

/** Halts that stand against a person's orders on an account, the strictest first. */
export function standingHalts(halts: readonly HaltView[], { userId, account }: HaltSubject): readonly HaltView[] {
  return halts
    .filter(({ scope, scopeId, level }) => {
      if (level === 'none') return false;
      if (scope === 'platform') return true;
      if (scope === 'user') return scopeId === userId;
      if (scope === 'account') return scopeId === account?.id;
      return scope === 'broker' && scopeId === (account?.broker === 'ebest' ? 'ls' : account?.broker);
    })
    .sort((a, b) => SEVERITY[b.level] - SEVERITY[a.level]);
}

/** The strictest level that binds a person on an account. */
export function effectiveHalt(halts: readonly HaltView[], subject: HaltSubject): HaltLevel {
  return standingHalts(halts, subject)[0]?.level ?? 'none';
}
