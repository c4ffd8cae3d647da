import { StackFault } from '#supabase/local/fault.ts';
import type { Mail } from '#supabase/local/mail.ts';
import { DEMO_PASSWORD, DEMO_USERS } from '#supabase/local/seed.ts';
import { type RunningStack, startStack } from './start-stack.ts';

/** The terminal's side of `npm start` and `npm run dev`: says what happens, stops on Ctrl-C, ends with a sentence when it cannot go on. */
export async function runStack(mode: 'start' | 'dev'): Promise<void> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const abort = new AbortController();
  let stack: RunningStack | undefined;
  let isStopping = false;
  const stop = async (code: number): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    say('멈추는 중 / stopping');
    abort.abort(new StackFault('시작을 그만두었습니다.', 'The start was called off.'));
    // Before it is ready, the failing start below undoes what was done and ends the process.
    if (!stack) return;
    await stack.stop();
    process.exit(code);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => void stop(0));
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${error.stack}\n`);
    void stop(1);
  });

  try {
    stack = await startStack({ env: process.env, mode, say, onMail: (mail) => say(describeMail(mail)), signal: abort.signal });
  } catch (error) {
    if (!isStopping)
      process.stderr.write(`${error instanceof StackFault ? error.message : error instanceof Error ? error.message : String(error)}\n`);
    process.exit(isStopping ? 0 : 1);
  }
  void stack.failed.then((reason) => {
    if (isStopping) return;
    process.stderr.write(
      `${reason}\n모두 멈췄습니다. 기록은 ${stack.home}/logs에 있습니다. / Everything has stopped; the logs are in ${stack.home}/logs.\n`,
    );
    process.exit(1);
  });
  say(`ready ${stack.webUrl} (Supabase ${stack.supabaseUrl}, gateway ${stack.gatewayUrl})`);
  for (const user of Object.values(DEMO_USERS)) say(`  ${user.email}  ${DEMO_PASSWORD}${user.isAdmin ? '  (관리자 / administrator)' : ''}`);
}

function describeMail(mail: Mail): string {
  const lines = [`메일 / mail → ${mail.to}: ${mail.subject}`, mail.link && `  ${mail.link}`, mail.code && `  code ${mail.code}`];
  return lines.filter(Boolean).join('\n');
}
