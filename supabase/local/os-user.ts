import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, renameSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, parse, resolve } from 'node:path';
import { StackFault } from './fault.ts';

export interface OsUser {
  readonly uid: number;
  readonly gid: number;
}

/** The OS user Postgres runs as: ours, or `postgres` (made when absent) when we are root, because Postgres refuses root. */
export function postgresOsUser(): OsUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    try {
      execFileSync('useradd', ['--system', '--user-group', 'postgres'], { stdio: 'ignore' });
      return { uid: idOf('-u'), gid: idOf('-g') };
    } catch (cause) {
      throw new StackFault(
        'root로 실행 중인데 Postgres를 대신 실행할 OS 사용자 postgres를 만들 수 없습니다. 일반 사용자로 실행하거나 `useradd postgres`를 먼저 실행하세요.',
        'Running as root, and the OS user postgres that Postgres must run as could not be made. Run as an ordinary user, or run `useradd postgres` first.',
        { cause },
      );
    }
  }
}

/** Whether the user may pass through every directory down to `path` (those that exist). */
export function isPassable(path: string, user: OsUser): boolean {
  for (let dir = resolve(path); ; dir = dirname(dir)) {
    if (existsSync(dir)) {
      const { mode, uid, gid } = statSync(dir);
      const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
      if ((mode & bit) === 0) return false;
    }
    if (dir === parse(dir).root) return true;
  }
}

/**
 * A directory for `wanted` that the user can reach. When a parent is closed (a 0700 home, as root), a stable place outside is used:
 * /var/tmp survives a restart of the machine, the system's temp is the last resort.
 */
export function reachableDir(wanted: string, user: OsUser | undefined): { dir: string; moved: boolean } {
  if (!user || isPassable(dirname(resolve(wanted)), user)) return { dir: resolve(wanted), moved: false };
  const name = `narae-${createHash('sha256').update(resolve(wanted)).digest('hex').slice(0, 12)}`;
  const base = ['/var/tmp', tmpdir()].find((dir) => existsSync(dir) && isPassable(dir, user));
  if (!base) {
    throw new StackFault(
      `root로 실행 중인데 OS 사용자 postgres가 ${wanted}에 들어갈 수 없고 대신 쓸 임시 폴더도 없습니다. NARAE_HOME으로 다른 폴더를 지정하세요.`,
      `Running as root, but the OS user postgres cannot reach ${wanted}, nor any temporary folder. Choose another folder with NARAE_HOME.`,
    );
  }
  const parent = join(base, name);
  mkdirSync(parent, { recursive: true, mode: 0o755 });
  if (lstatSync(parent).uid !== process.getuid?.()) {
    // Anyone may write to a temporary folder: a folder of this name made by somebody else is not to be trusted.
    throw new StackFault(
      `${parent}은(는) 다른 사용자의 폴더입니다. 지우거나 NARAE_HOME으로 다른 폴더를 지정하세요.`,
      `${parent} belongs to another user. Remove it or choose another folder with NARAE_HOME.`,
    );
  }
  return { dir: join(parent, basename(wanted)), moved: true };
}

/** A new folder in the system's temp whose name begins with `prefix`. As root, servers run as another user, who may pass and read here. */
export function passableTempDir(prefix: string): string {
  const dir = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(dir, 0o755);
  return dir;
}

/** Makes `dir` for the user, and only for them. */
export function makeOwnedDir(dir: string, user: OsUser | undefined): void {
  mkdirSync(dirname(dir), { recursive: true });
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (user) chownSync(dir, user.uid, user.gid);
}

/** The folder of native programs, copied to a reachable place when the project lies in a closed home. */
export function reachablePrograms(native: string, version: string, user: OsUser | undefined): string {
  if (!user || isPassable(native, user)) return native;
  const { dir } = reachableDir(join(native, version), user);
  if (!existsSync(dir)) {
    const fresh = `${dir}.${process.pid}`; // one rename: an interrupted copy never looks whole
    cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
    renameSync(fresh, dir);
  }
  return dir;
}
