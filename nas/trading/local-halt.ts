import { watch } from 'node:fs';
import { HALT_FILE, type HaltFile, readHaltFile } from '#lib/credentials/halt-file.ts';
import type { Log } from '#lib/log.ts';
import type { Clock } from '#nas/runtime/clock.ts';
import { TIMING } from './timing.ts';

export interface LocalHalt {
  /** What the file said when it was read last; a halt until it was read. */
  level(): 'none' | HaltFile['level'];
  /** Resolves when the file was read for the first time. */
  readonly isRead: Promise<void>;
  stop(): void;
}

/** Watches the halt file: at once where the volume tells of changes, and by a look every half second where it does not. */
export function watchLocalHalt(options: { directory: string; clock: Clock; log: Log; onChange(): void }): LocalHalt {
  const { directory, clock, log, onChange } = options;
  let level: 'none' | HaltFile['level'] = 'halt';
  let stopped = false;
  let callOff = () => {};
  let looks = 0;

  async function look(): Promise<void> {
    looks += 1;
    const mine = looks;
    const found = await readHaltFile(directory);
    if (mine !== looks || found === level) return; // a later look knows better
    level = found;
    log[level === 'none' ? 'warn' : 'error']({ level }, 'halt file');
    onChange();
  }
  async function poll(): Promise<void> {
    await look();
    if (!stopped) callOff = clock.after(TIMING.haltFileMs, () => void poll());
  }

  let watcher: ReturnType<typeof watch> | null = null;
  try {
    watcher = watch(directory, { persistent: false }, (_, name) => {
      if (!stopped && (name === null || name === HALT_FILE)) void look();
    });
    watcher.on('error', (error) => log.warn({ err: error }, 'halt file is only polled'));
  } catch (error) {
    log.warn({ err: error }, 'halt file is only polled');
  }
  return {
    level: () => level,
    isRead: poll(),
    stop() {
      stopped = true;
      callOff();
      watcher?.close();
    },
  };
}
