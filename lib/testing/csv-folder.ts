import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** A folder that lives as long as the test file, and CSV files in it. */
export function csvFolder(prefix: string) {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), prefix));
  });
  afterAll(async () => {
    await rm(dir, { recursive: true, force: true });
  });
  const path = (name: string) => join(dir, name);
  return {
    path,
    async csv(name: string, lines: readonly string[]): Promise<string> {
      await writeFile(path(name), lines.join('\n'));
      return path(name);
    },
  };
}
