import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A child of the run: asked by name, answered in order of its own. */
export interface Part {
  readonly child: ChildProcess;
  ask<T>(what: string, input?: unknown): Promise<T>;
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
}

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Starts a part and waits until it says that it is there. */
export async function startPart(file: string, config: unknown): Promise<Part> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url)), JSON.stringify(config)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let next = 1;
  child.on('message', ({ id, value, error }: Reply) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error !== undefined) asked?.reject(new Error(`${file}: ${error}`));
    else asked?.resolve(value as never);
  });
  child.on('error', () => {}); // a message to a part that has just been killed
  void gone.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`${file} is gone`));
    waiting.clear();
  });
  const expect = <T>(id: number): Promise<T> => new Promise<T>((resolve, reject) => waiting.set(id, { resolve, reject }));
  await expect(0);
  return {
    child,
    gone,
    ask<T>(what: string, input?: unknown): Promise<T> {
      const id = next++;
      const answer = expect<T>(id);
      child.send({ id, what, input }, (error) => {
        if (error) waiting.get(id)?.reject(error);
      });
      return answer;
    },
  };
}

/** The child's side. It ends with its parent, however that ended. */
export function serve(answers: Readonly<Record<string, (input: never) => unknown>>): void {
  process.on('message', async ({ id, what, input }: { id: number; what: string; input: unknown }) => {
    const reply = (message: Reply) => process.connected && process.send?.(message);
    try {
      reply({ id, value: await answers[what]!(input as never) });
    } catch (error) {
      reply({ id, error: (error as Error).stack ?? String(error) });
    }
  });
  process.once('disconnect', () => process.exit(0));
  process.send?.({ id: 0 });
}
