import { join } from 'node:path';
import type { Mail } from '#supabase/local/mail.ts';
import { PROCESSES, type ProcessContext, type ProcessName, type ProcessSpec } from '../processes.ts';
import { Child } from './child.ts';

export interface FleetOptions {
  readonly names: readonly ProcessName[];
  readonly context: ProcessContext;
  readonly serviceEnv: Partial<Record<ProcessName, Record<string, string>>>;
  readonly logDir: string;
  readonly say: (line: string) => void;
  readonly onMail: (mail: Mail) => void;
  readonly onGiveUp: (reason: string) => void;
  /** The present process ids, whenever one has changed. */
  readonly onPids: (pids: Record<string, number | undefined>) => void;
}
const STAGES = [1, 2, 3] as const;
type Stage = (typeof STAGES)[number];
const specOf = (name: ProcessName): ProcessSpec => PROCESSES[name];

/** The stack's processes, started stage by stage and stopped the other way round. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #children = new Map<ProcessName, Child>();
  readonly #started = new Map<ProcessName, Promise<void>>();
  #isStopped = false;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  child(name: ProcessName): Child | undefined {
    return this.#children.get(name);
  }

  startEarly(): void {
    for (const name of this.#options.names) if (specOf(name).startsEarly) void this.#start(name).catch(() => {}); // heard at its stage
  }

  async startStage(stage: Stage): Promise<void> {
    const names = this.#options.names.filter((name) => specOf(name).stage === stage);
    if (names.length > 0) this.#options.say(`시작 / starting: ${names.join(', ')}`);
    await Promise.all(names.map((name) => this.#start(name)));
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const stage of STAGES.toReversed()) {
      await Promise.all([...this.#children].filter(([name]) => specOf(name).stage === stage).map(([, child]) => child.stop()));
    }
  }

  #start(name: ProcessName): Promise<void> {
    const started = this.#started.get(name) ?? this.#launch(name);
    this.#started.set(name, started);
    return started;
  }

  async #launch(name: ProcessName): Promise<void> {
    const { context, serviceEnv, logDir, say, onMail, onGiveUp, onPids } = this.#options;
    const spec = specOf(name);
    if (this.#isStopped) throw new Error(`${name} was not started: the stack is stopping`);
    const child = new Child({
      name,
      entry: spec.entry,
      args: spec.args?.(context) ?? [],
      env: { ...baseEnv(), ...spec.env(context), ...serviceEnv[name] },
      logFile: join(logDir, `${name}.log`),
      readyWithinMs: spec.readyWithinMs,
      onWarning: say,
      onMessage: (message) => {
        const { type, mail } = message as { type?: string; mail?: Mail };
        if (type === 'mail' && mail) onMail(mail);
      },
      onGiveUp,
      onPid: () => onPids(Object.fromEntries([...this.#children].map(([known, { pid }]) => [known, pid]))),
    });
    this.#children.set(name, child);
    await child.start();
  }
}

/** What every child inherits: enough to run, nothing that could steer it. Telemetry of the libraries is off. */
function baseEnv(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'SystemRoot'].flatMap((key) => (process.env[key] ? [[key, process.env[key]]] : []));
  return { ...Object.fromEntries(kept), NODE_ENV: 'production', LITE_TELEMETRY: '0', NEXT_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
}
