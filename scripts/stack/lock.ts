import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { StackFault } from '#supabase/local/fault.ts';
import { commandOf, isAlive } from '#supabase/local/orphan.ts';

const processMark = z.object({ pid: z.number(), command: z.string() });
const lockFile = z.object({ owner: processMark, children: z.record(z.string(), processMark) });
type Mark = z.infer<typeof processMark>;

/** A pid together with its command line: pids are used again, the pair is not by chance. */
const mark = (pid: number): Mark => ({ pid, command: commandOf(pid) });
const lives = ({ pid, command }: Mark): boolean => isAlive(pid) && commandOf(pid) === command;

export interface StackLock {
  /** Records the children, so that a later start can end those a killed parent left behind. */
  record(children: Readonly<Record<string, number | undefined>>): void;
  release(): void;
}

/**
 * One stack a data folder. A lock whose owner still lives refuses the start; one left by a killed owner is taken over after its
 * leftover children have ended (they notice by themselves; those that do not are ended here).
 */
export async function takeLock(file: string): Promise<StackLock> {
  const earlier = read(file);
  if (earlier && earlier.owner.pid !== process.pid && lives(earlier.owner)) {
    throw new StackFault(
      `이 폴더의 나래가 이미 실행 중입니다(프로세스 ${earlier.owner.pid}). 먼저 끝내거나, 다른 폴더로 하나 더 시작하려면 NARAE_HOME과 포트를 바꾸세요.`,
      `Narae is already running from this folder (process ${earlier.owner.pid}). Stop it first, or start another with its own NARAE_HOME and ports.`,
    );
  }
  if (earlier) await endLeftovers(Object.values(earlier.children));
  const write = (children: Record<string, Mark>): void =>
    writeFileSync(file, `${JSON.stringify({ owner: mark(process.pid), children }, null, 2)}\n`, { mode: 0o600 });
  write({});
  return {
    record(children) {
      const known = Object.entries(children).filter((entry): entry is [string, number] => entry[1] !== undefined);
      write(Object.fromEntries(known.map(([name, pid]) => [name, mark(pid)])));
    },
    release: () => rmSync(file, { force: true }),
  };
}

async function endLeftovers(children: readonly Mark[]): Promise<void> {
  const left = children.filter(lives);
  for (const { pid } of left) process.kill(pid, 'SIGTERM');
  for (let waitedMs = 0; left.some(lives); waitedMs += 50) {
    if (waitedMs === 10_000) for (const child of left.filter(lives)) process.kill(child.pid, 'SIGKILL');
    await sleep(50);
  }
}

function read(file: string): z.infer<typeof lockFile> | null {
  if (!existsSync(file)) return null;
  try {
    return lockFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null; // half written by a killed start: nothing to learn from it
  }
}
