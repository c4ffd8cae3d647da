import { type ChildProcess, fork } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ChildOptions {
  readonly name: string;
  readonly entry: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly readyWithinMs: number;
  /** Wait before the first restart; doubles with each one. */
  readonly backOffMs?: number;
  /** A line worth a look at the terminal (warnings and worse). */
  readonly onWarning: (line: string) => void;
  /** A message other than `ready`, e.g. a mail. */
  readonly onMessage?: (message: unknown) => void;
  /** It died `MAX_RESTARTS` times in short order; the reason is a sentence with its last lines. */
  readonly onGiveUp: (reason: string) => void;
  /** The process was (re)started: its id has changed. */
  readonly onPid?: () => void;
}

const MAX_RESTARTS = 5;
const BACK_OFF_MS = 500;
/** After this long without a crash the count begins anew. */
const STEADY_MS = 60_000;
const STOP_WITHIN_MS = 15_000;
const LAST_LINES = 20;
const MAX_LOG_BYTES = 10 * 1024 * 1024;

/** One process of the stack: started, watched, restarted with back-off when it dies, stopped in order. */
export class Child {
  readonly name: string;
  /** Where it listens, once ready. */
  url: string | undefined;
  restarts = 0;
  readonly #options: ChildOptions;
  readonly #log: WriteStream;
  #process: ChildProcess | undefined;
  #lines: string[] = [];
  #stopping = false;
  #startedAt = 0;
  #ready: Promise<void> = Promise.resolve();

  constructor(options: ChildOptions) {
    this.name = options.name;
    this.#options = options;
    mkdirSync(dirname(options.logFile), { recursive: true });
    if (existsSync(options.logFile) && statSync(options.logFile).size > MAX_LOG_BYTES) renameSync(options.logFile, `${options.logFile}.1`);
    this.#log = createWriteStream(options.logFile, { flags: 'a' });
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Resolves when the present process is ready; rejects with a sentence when it died or took too long. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  /** Starts it the first time: dying before it is ready is final, because a restart would not change what is wrong. */
  async start(): Promise<void> {
    this.#launch(false);
    await this.#ready;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#process;
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      const forced = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await gone;
      clearTimeout(forced);
    }
    await new Promise<void>((resolve) => this.#log.end(resolve));
  }

  #launch(isRestart: boolean): void {
    const { entry, args = [], env, readyWithinMs, name } = this.#options;
    this.#lines = [];
    this.#startedAt = Date.now();
    // Its own process group: a Ctrl-C at the terminal reaches only us, and we stop things in order. It ends by itself when we are
    // killed, because its IPC channel closes.
    const child = fork(entry, [...args], {
      env: env as NodeJS.ProcessEnv,
      execArgv: [],
      execPath: process.execPath,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    this.#process = child;
    this.#options.onPid?.();
    this.#readLines(child);
    let isReady = false;
    this.#ready = new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        reject(new Error(`${name} was not ready within ${readyWithinMs / 1000} s.${this.#tail()}`));
        child.kill('SIGKILL');
      }, readyWithinMs);
      child.on('message', (message: { type?: string; url?: string }) => {
        if (message?.type === 'ready') {
          isReady = true;
          this.url = message.url;
          clearTimeout(late);
          resolve();
        } else this.#options.onMessage?.(message);
      });
      child.once('error', (error) => reject(new Error(`${name} could not be started: ${error.message}`)));
      // `close` comes after the last line was read.
      child.once('close', (code, signal) => {
        clearTimeout(late);
        const reason = `${name} ended (${signal ?? `code ${code}`}).${this.#tail()}`;
        reject(new Error(reason));
        if (!this.#stopping && (isReady || isRestart)) void this.#restart(reason);
      });
    });
    this.#ready.catch(() => {}); // whoever waits hears it; nobody waiting is no fault
  }

  async #restart(reason: string): Promise<void> {
    if (Date.now() - this.#startedAt > STEADY_MS) this.restarts = 0;
    if (this.restarts >= MAX_RESTARTS) return this.#options.onGiveUp(reason);
    const waitMs = (this.#options.backOffMs ?? BACK_OFF_MS) * 2 ** this.restarts;
    this.restarts += 1;
    this.#options.onWarning(`${reason}\n  restarting in ${waitMs / 1000} s (${this.restarts} of ${MAX_RESTARTS})`);
    await sleep(waitMs);
    if (!this.#stopping) this.#launch(true);
  }

  #readLines(child: ChildProcess): void {
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.#log.write(chunk);
        const parts = (rest + chunk).split('\n');
        rest = parts.pop() ?? '';
        for (const line of parts) this.#take(line);
      });
    }
  }

  #take(line: string): void {
    const text = readable(line);
    if (text.text.trim() === '') return;
    this.#lines.push(text.text);
    if (this.#lines.length > LAST_LINES) this.#lines.shift();
    if (text.isWarning) this.#options.onWarning(`${this.name}: ${text.text}`);
  }

  #tail(): string {
    return this.#lines.length === 0 ? ' It said nothing.' : ` Its last lines:\n${this.#lines.map((line) => `    ${line}`).join('\n')}`;
  }
}

const PINO_WARN = 40;
const PINO_FATAL = 60;

/** A pino line as a person reads it: sentence, fields, the error's stack when it crashed (told with the crash). Other lines stay as they are. */
function readable(line: string): { text: string; isWarning: boolean } {
  if (!line.startsWith('{')) return { text: line, isWarning: false };
  try {
    const {
      level,
      msg,
      time: _time,
      service: _service,
      err,
      ...fields
    } = JSON.parse(line) as {
      level: number;
      msg: string;
      time?: string;
      service?: string;
      err?: { message?: string; stack?: string };
    } & Record<string, unknown>;
    const details = Object.entries(fields).map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
    const error = err ? (level >= PINO_FATAL ? err.stack : err.message) : '';
    return { text: [msg, ...details, error].filter(Boolean).join(' '), isWarning: level >= PINO_WARN && level < PINO_FATAL };
  } catch {
    return { text: line, isWarning: false };
  }
}
