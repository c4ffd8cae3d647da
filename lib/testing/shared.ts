import { existsSync } from 'node:fs';

/** Data and references stand beside the project on the developers' machines only: tests that use them must pass without. */
export const SHARED = new URL('../../../shared/', import.meta.url);

/** The path of a shared file or folder, or null where it is absent. */
export function sharedPath(relative: string): string | null {
  const path = new URL(relative, SHARED).pathname;
  return existsSync(path) ? path : null;
}
