import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

export const HALT_FILE = 'halt.json';
const haltFile = z.object({ level: z.enum(['halt', 'cancel_all']), at: z.string(), reason: z.string() });
/** The kill switch that needs no database: while the file lies on the credentials volume nothing is sent (ORDERS §6). */
export type HaltFile = z.infer<typeof haltFile>;

/** Writes the file in one piece: a watcher sees the old one or the new one, never half. */
export async function writeHaltFile(directory: string, content: HaltFile): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const draft = join(directory, `.halt-${randomUUID()}`);
  await writeFile(draft, JSON.stringify(content), { mode: 0o600 });
  await rename(draft, join(directory, HALT_FILE));
}

/** True when there was one to take away. */
export async function removeHaltFile(directory: string): Promise<boolean> {
  return unlink(join(directory, HALT_FILE)).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

/** What the file says. Whatever cannot be read or understood is a halt; only a volume that is there without the file is none. */
export async function readHaltFile(directory: string): Promise<'none' | HaltFile['level']> {
  try {
    const parsed = haltFile.safeParse(JSON.parse(await readFile(join(directory, HALT_FILE), 'utf8')));
    return parsed.success ? parsed.data.level : 'halt';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return 'halt';
    return stat(directory).then(
      () => 'none',
      () => 'halt',
    );
  }
}
