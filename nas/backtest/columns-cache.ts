import type { Columns } from '#domain/backtest/columns.ts';
import { columnsSize, type LoadInput, loadColumns } from './load-columns.ts';

const MB = 1024 * 1024;

/** The bars asked for are more than this worker may hold; another one may be larger. */
export class DoesNotFit extends Error {
  readonly memoryMb: number;
  constructor(memoryMb: number) {
    super(`the bars need ${memoryMb} MB`);
    this.memoryMb = memoryMb;
  }
}

/**
 * Bars of the requests a worker has served lately, together never above `maxMb`: what was used longest ago makes room before new bars are
 * read. The same request on data that was imported anew is another one.
 */
export function columnsCache(maxMb: number) {
  /** In order of their last use. */
  const held = new Map<string, { readonly columns: Columns; readonly bytes: number }>();
  return {
    /** Throws `DoesNotFit` before anything is read. */
    async get(dir: string, input: LoadInput): Promise<Columns> {
      const { bytes, dataHash } = await columnsSize(dir, input);
      const key = JSON.stringify([dir, dataHash, input]);
      const found = held.get(key);
      if (found) {
        held.delete(key);
        held.set(key, found);
        return found.columns;
      }
      if (bytes > maxMb * MB) throw new DoesNotFit(Math.ceil(bytes / MB));
      let used = 0;
      for (const entry of held.values()) used += entry.bytes;
      for (const [oldest, entry] of held) {
        if (used + bytes <= maxMb * MB) break;
        held.delete(oldest);
        used -= entry.bytes;
      }
      const columns = await loadColumns(dir, input);
      held.set(key, { columns, bytes });
      return columns;
    },
  };
}
export type ColumnsCache = ReturnType<typeof columnsCache>;
