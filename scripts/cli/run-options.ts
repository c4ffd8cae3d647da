import { readFile } from 'node:fs/promises';
import type { Fault } from '#domain/strategy/fault.ts';
import { AppError } from '#lib/errors.ts';
import { type OptionValues, say } from './command.ts';

const DEFAULT_CAPITAL = 100_000_000;

/** What every run of a strategy on stored bars needs. */
export interface RunOptions {
  /** Read from its file, unchecked. */
  readonly document: unknown;
  readonly data: string;
  readonly from: string;
  readonly to: string;
  readonly capital: number;
}

export async function readRunOptions({ strategy, data, from, to, capital }: OptionValues): Promise<RunOptions> {
  for (const [name, value] of Object.entries({ strategy, data, from, to })) {
    if (typeof value !== 'string') throw new AppError('invalid_input', `--${name} is needed`);
  }
  for (const day of [from, to] as string[]) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day)))
      throw new AppError('invalid_input', `${day} is not a day (YYYY-MM-DD)`);
  }
  return {
    document: await readDocument(strategy as string),
    data: data as string,
    from: from as string,
    to: to as string,
    capital: capital === undefined ? DEFAULT_CAPITAL : Number(capital),
  };
}

async function readDocument(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new AppError('not_found', `there is no file ${file}`, { cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_input', `${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
}

/** Says every fault; the process's exit code. */
export function refuse(faults: readonly Fault[]): number {
  for (const { path, ko, en } of faults) say(`${path || '(document)'}: ${en} / ${ko}`);
  return 1;
}
