import type { ParseArgsConfig } from 'node:util';

export type OptionValues = Readonly<Record<string, string | boolean | undefined>>;
/** One command of `npm run cli -- …`. Add it to the list in main.ts. */
export interface Command {
  /** The words that call it: `data import`. */
  readonly name: string;
  /** What follows the words, for the help: `<file> --out <folder>`. */
  readonly usage: string;
  readonly summary: string;
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** Resolves to the process's exit code. Faults a user can mend are thrown as AppError. */
  run(positionals: readonly string[], values: OptionValues): Promise<number>;
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
