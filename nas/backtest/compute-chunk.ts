import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import { z } from 'zod';
import type { Columns } from '#domain/backtest/columns.ts';
import { ENGINE_VERSION } from '#domain/backtest/result.ts';
import { canonicalJson } from '#domain/canonical-json.ts';
import type { CellResult } from '#domain/optimise/cell-result.ts';
import { type Grid, gridOf, gridSpec } from '#domain/optimise/grid.ts';
import { mergeCells, optimisationHash } from '#domain/optimise/merge.ts';
import { packCells } from '#domain/optimise/packed-cells.ts';
import { compileStrategy } from '#domain/strategy/compile.ts';
import type { Fault } from '#domain/strategy/fault.ts';
import type { StrategyDocument } from '#domain/strategy/schema.ts';
import { type CellsInput, openCells, planCells, prepareCells } from '#lib/use-cases/run-cells.ts';
import type { ChunkResult, Claim } from './chunk-store.ts';
import { columnsCache } from './columns-cache.ts';
import type { LoadInput } from './load-columns.ts';
import { refused, sentence, unreadable } from './refusals.ts';
import { barsFor } from './run-stored.ts';

import { storedRequest } from './stored-request.ts';

/** `optimisations.request`; hostile until parsed. */
const optimisationRequest = z.object({
  ...storedRequest,
  grid: gridSpec,
  split: z.number().nullable().optional(),
  delistingHaircut: z.number().min(0).max(1).default(0),
});

/** No attempt can finish the job. `message` is `{ko, en}` as JSON. */
export class Refused extends Error {
  readonly faults: readonly Fault[];
  constructor(message: string, faults: readonly Fault[] = []) {
    super(message);
    this.faults = faults;
  }
}

/** How long cells may keep the thread before renewals and cancellations are let in. */
const BREATH_MS = 25;
/** Jobs whose compiled grid is kept: a worker goes on with one and turns to few. */
const PLANS_KEPT = 4;

/** Cells compiled in one go. */
const PLANNED_AT_ONCE = 200;

interface Plan {
  readonly grid: Grid;
  readonly document: StrategyDocument;
  readonly dir: string;
  readonly input: Omit<CellsInput, 'columns'>;
  /** Once every cell was compiled: what the hungriest reads. The same for all chunks, or a cell's result would depend on its chunk. */
  bars?: LoadInput;
}

/** What a worker computes of grid searches; it keeps the bars and the grids of the latest ones. */
export function chunkWork(marketDataDir: string, memoryMb: number) {
  const cache = columnsCache(memoryMb);
  const plans = new Map<string, Plan>();
  /** The search of the latest chunk: its next one finds ready what their cells share. */
  let open: { readonly job: string; readonly columns: Columns; readonly steps: ReturnType<typeof openCells> } | null = null;

  const planOf = (claim: Claim): Plan => {
    const plan = plans.get(claim.optimisationId) ?? makePlan(claim, marketDataDir);
    plans.delete(claim.optimisationId);
    plans.set(claim.optimisationId, plan);
    for (const oldest of [...plans.keys()].slice(0, -PLANS_KEPT)) plans.delete(oldest);
    return plan;
  };
  return {
    /** Throws `Refused`, `DoesNotFit`, the signal's reason, or what another attempt may mend. */
    async compute(claim: Claim, signal: AbortSignal): Promise<ChunkResult> {
      const plan = planOf(claim);
      const { grid, dir, input } = plan;
      plan.bars ??= barsFor(plan.document, await historyOf(plan, signal), input);
      if (open?.job !== claim.optimisationId) open = null; // or it would hold bars that the cache has let go
      const columns = await cache.get(dir, plan.bars);
      signal.throwIfAborted();
      if (open?.columns !== columns) {
        const prepared = prepareCells({ ...input, columns }, grid);
        if (!prepared.ok) throw new Refused(refused(prepared.faults.length), prepared.faults);
        open = { job: claim.optimisationId, columns, steps: openCells({ ...input, columns }, grid, prepared.run) };
      }
      const numbers = Array.from({ length: claim.lastCell - claim.firstCell + 1 }, (_, i) => claim.firstCell + i);
      const cells = await drive(open.steps(numbers), signal);
      return { dataHash: columns.dataHash, ...(await kept(canonicalJson(cells))) };
    },
    /** The job's result of all its chunks: its hash is that of the same search on the command line. */
    async merge(claim: Claim, parts: readonly Buffer[]): Promise<ChunkResult> {
      const { grid } = planOf(claim);
      const chunks = await Promise.all(parts.map(async (bytes) => JSON.parse((await inflated(bytes)).toString('utf8')) as CellResult[]));
      const merged = mergeCells(grid, chunks);
      if (!merged.ok) throw new Error(merged.faults[0]!.en);
      return { dataHash: '', ...(await kept(canonicalJson(packCells(merged.cells)))), hash: optimisationHash(merged.cells) };
    },
  };
}
export type ChunkWork = ReturnType<typeof chunkWork>;

function makePlan({ request, cells }: Claim, marketDataDir: string): Plan {
  const parsed = optimisationRequest.safeParse(request);
  if (!parsed.success) throw new Refused(unreadable(parsed.error));
  const { dataset, grid: spec, split, ...input } = parsed.data;
  const compiled = compileStrategy(input.document);
  if (!compiled.ok) throw new Refused(refused(compiled.faults.length), compiled.faults);
  const { document } = compiled.program;
  const gridded = gridOf(document.params, spec);
  if (!gridded.ok) throw new Refused(refused(gridded.faults.length), gridded.faults);
  const { grid } = gridded;
  if (grid.size !== cells) {
    throw new Refused(
      sentence(
        `요청한 조합 수(${cells})와 격자의 조합 수(${grid.size})가 다릅니다. 다시 시작하세요.`,
        `${cells} cells were asked for, but the grid has ${grid.size}. Start it again.`,
      ),
    );
  }
  return {
    grid,
    document,
    dir: join(marketDataDir, dataset),
    input: { ...input, ...(split === undefined ? {} : { split }) },
  };
}

async function historyOf({ grid, input }: Plan, signal: AbortSignal): Promise<number> {
  let historyBars = 0;
  for (let cell = 0; cell < grid.size; cell += PLANNED_AT_ONCE) {
    const points = grid.points.subarray(cell, cell + PLANNED_AT_ONCE);
    const planned = planCells(input.document, { ...grid, points, size: points.length });
    if (!planned.ok) throw new Refused(refused(planned.faults.length), planned.faults);
    historyBars = Math.max(historyBars, planned.historyBars);
    await setImmediate();
    signal.throwIfAborted();
  }
  return historyBars;
}

/** Runs cells to the end, letting others in between them. Throws the signal's reason. */
async function drive<T>(steps: Generator<number, T>, signal: AbortSignal): Promise<T> {
  for (let last = performance.now(); ; ) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - last < BREATH_MS) continue;
    await setImmediate();
    signal.throwIfAborted();
    last = performance.now();
  }
}

const deflated = promisify(deflate);
const inflated = promisify(inflate);

async function kept(json: string): Promise<Omit<ChunkResult, 'dataHash'>> {
  return { engine: ENGINE_VERSION, hash: createHash('sha256').update(json).digest('hex'), bytes: await deflated(json) };
}
