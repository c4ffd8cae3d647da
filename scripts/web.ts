import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import next from 'next';
import { runService } from '#nas/runtime/service.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BUILDS = join('.next', 'builds');
/** Next adds its own lines to the tsconfig it finds; this one is not ours. */
const TSCONFIG = join('node_modules', '.cache', 'narae-web', 'tsconfig.json');
/** Builds kept for processes that may still serve them; the oldest go first. */
const KEPT_BUILDS = 4;
/** Longest wait for another process that builds the same sources. */
const OTHER_BUILD_MS = 240_000;
/** All that can change what `next build` makes. */
const SOURCES = [
  'app',
  'components',
  'lib',
  'messages',
  'public',
  'proxy.ts',
  'next.config.ts',
  'postcss.config.mjs',
  'tsconfig.json',
  'package-lock.json',
];

/** The web app as a process of the stack: built when its sources changed since the last build (`start`), or with hot reload (`dev`). */
await runService('web', async ({ log, signal }) => {
  const isDev = process.argv[2] === 'dev';
  const port = Number(process.env.PORT ?? 3000);
  mkdirSync(join(ROOT, BUILDS), { recursive: true });
  mkdirSync(dirname(join(ROOT, TSCONFIG)), { recursive: true });
  writeFileSync(join(ROOT, TSCONFIG), JSON.stringify({ extends: '../../../tsconfig.json' }));
  process.env.NARAE_WEB_TSCONFIG = TSCONFIG;
  if (!isDev) process.env.NARAE_WEB_DIST = await buildFor(hashSources(), signal, (dist) => log.info({ dist }, 'building'));
  const server = createServer();
  const app = next({ dev: isDev, dir: ROOT, hostname: '127.0.0.1', port, httpServer: server });
  await app.prepare();
  const handle = app.getRequestHandler();
  server.on('request', (request, response) => void handle(request, response));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const forced = setTimeout(() => server.closeAllConnections(), 2000);
      await closed;
      clearTimeout(forced);
      await app.close();
    },
  };
});

/**
 * The folder of the build for these sources. Each state of the sources has its own, so that a build never changes what another
 * process serves; who finds somebody else building the same one waits for it.
 */
async function buildFor(hash: string, signal: AbortSignal, onBuild: (reason: string) => void): Promise<string> {
  const dist = join(BUILDS, hash.slice(0, 16));
  const stamp = join(ROOT, dist, 'narae-build');
  const lock = `${join(ROOT, dist)}.lock`;
  const deadline = Date.now() + OTHER_BUILD_MS;
  while (!existsSync(stamp)) {
    if (!takeLock(lock)) {
      if (Date.now() > deadline) throw new Error(`another process has been building ${dist} for too long; remove ${lock} if there is none`);
      await delay(500, undefined, { signal });
      continue;
    }
    try {
      onBuild(dist);
      await build(dist, signal);
      writeFileSync(stamp, hash);
    } finally {
      rmSync(lock, { force: true });
    }
  }
  utimesSync(stamp, new Date(), new Date());
  dropOldBuilds();
  return dist;
}

async function build(dist: string, signal: AbortSignal): Promise<void> {
  rmSync(join(ROOT, dist), { recursive: true, force: true });
  const bin = createRequire(import.meta.url).resolve('next/dist/bin/next');
  const child = spawn(process.execPath, [bin, 'build'], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, NARAE_WEB_DIST: dist },
    signal,
    killSignal: 'SIGTERM',
  });
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('exit', resolve));
  if (code !== 0) throw new Error('next build failed; the reason stands above');
}

/** True when the lock is ours now. A lock whose process is gone (killed in the middle of a build) is taken over. */
function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const owner = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
    try {
      process.kill(owner || process.pid, 0);
    } catch {
      rmSync(lock, { force: true });
    }
    return false;
  }
}

function dropOldBuilds(): void {
  const usedAt = (name: string): number => {
    const stamp = join(ROOT, BUILDS, name, 'narae-build');
    return existsSync(stamp) ? statSync(stamp).mtimeMs : Number.POSITIVE_INFINITY; // being built
  };
  const builds = readdirSync(join(ROOT, BUILDS)).filter((name) => !name.endsWith('.lock'));
  for (const name of builds.sort((x, y) => usedAt(y) - usedAt(x)).slice(KEPT_BUILDS)) {
    if (Number.isFinite(usedAt(name))) rmSync(join(ROOT, BUILDS, name), { recursive: true, force: true });
  }
}

function hashSources(): string {
  const hash = createHash('sha256');
  const add = (path: string): void => {
    const full = join(ROOT, path);
    if (!existsSync(full)) return;
    if (statSync(full).isDirectory()) {
      for (const name of readdirSync(full).sort()) add(join(path, name));
    } else if (!/\.(test|spec)\.tsx?$/.test(path)) {
      hash.update(path).update('\0').update(readFileSync(full)).update('\0');
    }
  };
  for (const source of SOURCES) add(source);
  return hash.digest('hex');
}
