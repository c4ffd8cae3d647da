import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import next from 'next';
import { runService } from '#nas/runtime/service.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const STAMP = join(ROOT, '.next', 'narae-build');
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
  if (!isDev) await buildIfStale(signal, (reason) => log.info({ reason }, 'building'));
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

async function buildIfStale(signal: AbortSignal, onBuild: (reason: string) => void): Promise<void> {
  const now = hashSources();
  const isBuilt = existsSync(join(ROOT, '.next', 'BUILD_ID'));
  if (isBuilt && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === now) return;
  onBuild(isBuilt ? 'sources changed since the last build' : 'no build yet');
  const bin = createRequire(import.meta.url).resolve('next/dist/bin/next');
  const child = spawn(process.execPath, [bin, 'build'], { cwd: ROOT, stdio: 'inherit', env: process.env, signal, killSignal: 'SIGTERM' });
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('exit', resolve));
  if (code !== 0) throw new Error('next build failed; the reason stands above');
  writeFileSync(STAMP, now);
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
