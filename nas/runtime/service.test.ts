import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';

/** A small service, as the fleet starts its own: in a process, with its environment. */
const SOURCE = `
  import { runService } from '#nas/runtime/service.ts';
  await runService('sample', async ({ log }) => {
    log.debug('detail');
    log.warn('warning');
    setInterval(() => {}, 1000);
    setImmediate(() => process.kill(process.pid, 'SIGTERM'));
    return { stop: async () => {} };
  });`;

async function run(logLevel: string | undefined): Promise<{ said: string[]; code: number | null }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', SOURCE], {
    env: (logLevel === undefined ? {} : { LOG_LEVEL: logLevel }) as NodeJS.ProcessEnv,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  return { said: lines.map((line) => JSON.parse(line)).map(({ msg, err }) => (err ? `${msg}: ${err.message}` : msg)), code };
}

test.each([
  { level: undefined, said: ['warning', 'ready', 'stopping'] },
  { level: '', said: ['warning', 'ready', 'stopping'] },
  { level: 'debug', said: ['detail', 'warning', 'ready', 'stopping'] },
  { level: 'warn', said: ['warning'] },
  { level: 'silent', said: [] },
])('a service started with LOG_LEVEL $level says $said', async ({ level, said }) => {
  expect(await run(level)).toEqual({ said, code: 0 });
});

test('a level that is none ends the start with a sentence', async () => {
  const { said, code } = await run('loud');
  expect(code).toBe(1);
  expect(said[0]).toMatch(/crashed: LOG_LEVEL is "loud"; it must be one of/);
});
