import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { sentence } from './refusals.ts';

/** A host's whole-market work is with another back-test: this one waits its turn. */
export class HostBusy extends Error {}

export const WAITS_FOR_HOST = sentence(
  '이 서버가 다른 전체 시장 백테스트를 하고 있어 차례를 기다립니다. 종목을 정한 백테스트는 바로 시작합니다.',
  'Its host runs another whole-market back-test, so this one waits its turn. One with symbols named begins at once.',
);

/** How often the end of other workers' chunks is looked for; a chunk takes seconds. */
const LOOK_EVERY_MS = 250;

/**
 * Runs `work` as the one whole-market job of a host. Throws `HostBusy` at once when another back-test is that. Chunks of searches that
 * run there are waited for, and none begins meanwhile, so a long search cannot keep a back-test waiting.
 */
export async function asOnlyWholeMarket<T>(pool: Pool, host: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  // The lock is that of a session: it ends with the worker, however that ends.
  const session = await pool.connect();
  let isLost = false;
  const lose = () => {
    isLost = true;
  };
  session.on('error', lose);
  try {
    const { rows } = await session.query<{ is_mine: boolean }>('select public.take_whole_market($1) as is_mine', [host]);
    if (!rows[0]!.is_mine) throw new HostBusy();
    try {
      while ((await session.query('select public.has_whole_market_chunk($1) as is_there', [host])).rows[0].is_there)
        await delay(LOOK_EVERY_MS, undefined, { signal });
      return await work();
    } finally {
      if (!isLost) await session.query('select public.give_back_whole_market($1)', [host]).catch(lose);
    }
  } finally {
    session.off('error', lose);
    session.release(isLost);
  }
}
