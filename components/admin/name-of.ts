import type { AdminUser } from '#lib/db/admin.ts';

/** The name of a person for a list that only knows their id. */
export function nameOf(users: readonly AdminUser[], id: string | null): string {
  if (!id) return '—';
  return users.find((user) => user.id === id)?.name ?? id.slice(0, 8);
}
