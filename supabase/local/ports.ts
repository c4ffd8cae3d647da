import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { StackFault } from './fault.ts';

export interface WantedPort {
  readonly port: number;
  /** What will listen there, as a reader would call it. */
  readonly purpose: string;
  /** The environment variable that moves it. */
  readonly variable: string;
}

/** Stops with one sentence that names every wanted port that somebody else holds. */
export async function requireFreePorts(wanted: readonly WantedPort[]): Promise<void> {
  const taken: WantedPort[] = [];
  for (const entry of wanted) if (entry.port !== 0 && !(await isFree(entry.port))) taken.push(entry);
  if (taken.length === 0) return;
  throw new StackFault(
    taken
      .map(
        (t) =>
          `포트 ${t.port}(${t.purpose})을 다른 프로그램이 쓰고 있습니다. 그 프로그램을 끝내거나 ${t.variable}=<다른 포트>로 시작하세요.`,
      )
      .join('\n'),
    taken
      .map((t) => `Port ${t.port} (${t.purpose}) is in use by another program. Stop it or start with ${t.variable}=<another port>.`)
      .join('\n'),
  );
}

/** Below what systems give out by themselves (Linux from 32768, macOS and Windows from 49152), apart from our own defaults. */
const FREE_FROM = 10_000;
const FREE_TO = 29_000;

/** A port that is free now and that nobody is given by chance before it is used. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FREE_FROM, FREE_TO);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
