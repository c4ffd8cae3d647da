import type { Pool } from 'pg';
import { z } from 'zod';

const claim = z
  .object({
    optimisation_id: z.uuid(),
    number: z.int(),
    attempt: z.int(),
    first_cell: z.int(),
    last_cell: z.int(),
    is_merge: z.boolean(),
    cells: z.int(),
    request: z.unknown(),
  })
  .transform((row) => ({
    optimisationId: row.optimisation_id,
    number: row.number,
    attempt: row.attempt,
    firstCell: row.first_cell,
    lastCell: row.last_cell,
    isMerge: row.is_merge,
    cells: row.cells,
    request: row.request,
  }));
/** One chunk in this worker's hands until its lease ends: cells `firstCell` to `lastCell`, or the merge of all others. */
export type Claim = z.infer<typeof claim>;

/** What a worker computed, as it is kept: deflated JSON, and the SHA-256 of that JSON before it was deflated. */
export interface ChunkResult {
  readonly engine: string;
  readonly dataHash: string;
  readonly hash: string;
  readonly bytes: Buffer;
}

/** All SQL of a worker on grid searches. Role narae_worker. */
export function chunkStore(pool: Pool, { worker, host, leaseSeconds }: { worker: string; host: string; leaseSeconds: number }) {
  const held = (chunk: Claim) => [chunk.optimisationId, chunk.number, worker, chunk.attempt];
  return {
    /** @param prefer the job this worker would rather go on with. */
    async claim(memoryMb: number, prefer: string | null): Promise<Claim | null> {
      const { rows } = await pool.query('select public.claim_chunk($1, $2, $3, $4, $5) as claim', [
        worker,
        host,
        memoryMb,
        prefer,
        leaseSeconds,
      ]);
      return claim.nullable().parse(rows[0].claim);
    },
    /** False: the job has ended or another worker holds the chunk. */
    async renew(chunk: Claim): Promise<boolean> {
      const { rows } = await pool.query('select public.renew_chunk($1, $2, $3, $4, $5) as held', [...held(chunk), leaseSeconds]);
      return rows[0].held;
    },
    async release(chunk: Claim, waitsFor: { memoryMb: number; message: string } | null): Promise<void> {
      await pool.query('select public.release_chunk($1, $2, $3, $4, $5, $6)', [
        ...held(chunk),
        waitsFor?.memoryMb ?? null,
        waitsFor?.message ?? '',
      ]);
    },
    async failChunk(chunk: Claim, error: string): Promise<void> {
      await pool.query('select public.fail_chunk($1, $2, $3, $4, $5)', [...held(chunk), error]);
    },
    /** @param message `{ko, en}` as JSON. */
    async failJob(chunk: Claim, message: string, faults: readonly unknown[]): Promise<void> {
      await pool.query('select public.fail_optimisation($1, $2, $3)', [chunk.optimisationId, message, JSON.stringify(faults)]);
    },
    async complete(chunk: Claim, { engine, dataHash, hash, bytes }: ChunkResult): Promise<'kept' | 'same' | 'differs' | 'ended'> {
      const { rows } = await pool.query('select public.complete_chunk($1, $2, $3, $4, $5, $6) as outcome', [
        chunk.optimisationId,
        chunk.number,
        engine,
        dataHash,
        hash,
        bytes,
      ]);
      return rows[0].outcome;
    },
    /** The finished chunks' results in order of their cells. */
    async results(chunk: Claim): Promise<Buffer[]> {
      const { rows } = await pool.query<{ result: Buffer }>(
        'select result from public.optimisation_chunks where optimisation_id = $1 and not is_merge order by number',
        [chunk.optimisationId],
      );
      return rows.map((row) => row.result);
    },
  };
}
export type ChunkStore = ReturnType<typeof chunkStore>;
