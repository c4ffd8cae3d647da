import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { decimal, instant, rowId, whole } from './columns.ts';
import { must } from './fault.ts';

/** A strategy of the signed-in person. `latestVersion` 0: from the earlier system, shown and not runnable. */
export const strategyRow = z
  .object({
    id: rowId,
    name: z.string(),
    template: z.string().nullable(),
    latest_version: z.number(),
    is_archived: z.boolean(),
    created_at: instant,
    updated_at: instant,
  })
  .transform((row) => ({
    id: row.id,
    name: row.name,
    template: row.template,
    latestVersion: row.latest_version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));
export type StrategyView = z.infer<typeof strategyRow>;

const paramValues = z.record(z.string(), z.number());

/** One immutable version without its document. */
const versionRow = z
  .object({ version: z.number(), hash: z.string(), params: paramValues.catch({}), created_at: instant })
  .transform((row) => ({ version: row.version, hash: row.hash, params: row.params, createdAt: row.created_at }));
export type VersionView = z.infer<typeof versionRow>;

/** A version with its document, which stays unchecked until the compiler has seen it. */
const documentRow = z
  .object({ version: z.number(), hash: z.string(), document: z.unknown(), params: paramValues.catch({}) })
  .transform((row) => ({ version: row.version, hash: row.hash, document: row.document, params: row.params }));
export type VersionDocument = z.infer<typeof documentRow>;

/** Data a back-test can run on. */
export const datasetRow = z
  .object({
    name: z.string(),
    from_day: z.string(),
    to_day: z.string(),
    symbols: whole,
    bars: whole,
    is_adjusted: z.boolean(),
    is_intraday: z.boolean(),
    data_hash: z.string(),
  })
  .transform((row) => ({
    name: row.name,
    from: row.from_day,
    to: row.to_day,
    symbols: row.symbols,
    bars: row.bars,
    isAdjusted: row.is_adjusted,
    isIntraday: row.is_intraday,
    dataHash: row.data_hash,
  }));
export type DatasetView = z.infer<typeof datasetRow>;

const STRATEGY_COLUMNS = 'id,name,template,latest_version,is_archived,created_at,updated_at';

export interface StrategyToSave {
  /** Null makes a new strategy. */
  readonly id: string | null;
  readonly name: string;
  readonly template: string | null;
  readonly document: unknown;
  readonly params: Readonly<Record<string, number>>;
  /** SHA-256 of the canonical JSON of the document. */
  readonly hash: string;
}

export const strategyRepo = (db: SupabaseClient) => ({
  async list(): Promise<StrategyView[]> {
    const rows = must(
      await db.from('strategies').select(STRATEGY_COLUMNS).eq('is_archived', false).order('updated_at', { ascending: false }),
      'strategies.list',
    );
    return z.array(strategyRow).parse(rows);
  },
  async byId(id: string): Promise<StrategyView | null> {
    const { data, error } = await db.from('strategies').select(STRATEGY_COLUMNS).eq('id', id).maybeSingle();
    if (error) must({ data, error }, 'strategies.byId');
    return data ? strategyRow.parse(data) : null;
  },
  /** Newest first. */
  async versions(id: string): Promise<VersionView[]> {
    const rows = must(
      await db
        .from('strategy_versions')
        .select('version,hash,params,created_at')
        .eq('strategy_id', id)
        .order('version', { ascending: false })
        .limit(200),
      'strategies.versions',
    );
    return z.array(versionRow).parse(rows);
  },
  async document(id: string, version: number): Promise<VersionDocument | null> {
    const { data, error } = await db
      .from('strategy_versions')
      .select('version,hash,document,params')
      .eq('strategy_id', id)
      .eq('version', version)
      .maybeSingle();
    if (error) must({ data, error }, 'strategies.document');
    return data ? documentRow.parse(data) : null;
  },
  async datasets(): Promise<DatasetView[]> {
    return z.array(datasetRow).parse(must(await db.from('datasets').select('*').order('name'), 'strategies.datasets'));
  },
  /** Saves the next version; the same document and values again make none. */
  async save(wish: StrategyToSave): Promise<{ id: string; version: number }> {
    const answer = must(
      await db.rpc('save_strategy', {
        p_strategy_id: wish.id,
        p_name: wish.name,
        p_template: wish.template,
        p_document: wish.document,
        p_params: wish.params,
        p_hash: wish.hash,
      }),
      'save_strategy',
    );
    const saved = z.object({ strategy_id: rowId, version: z.number() }).parse(answer);
    return { id: saved.strategy_id, version: saved.version };
  },
  async archive(id: string): Promise<void> {
    const { error } = await db.rpc('archive_strategy', { p_strategy_id: id });
    if (error) must({ data: null, error }, 'archive_strategy');
  },
  async deploy(wish: {
    strategyId: string;
    version: number;
    accountId: string;
    symbols: readonly string[];
    capital: number;
    params: Readonly<Record<string, number>>;
  }): Promise<string> {
    const answer = must(
      await db.rpc('deploy_strategy', {
        p_strategy_id: wish.strategyId,
        p_version: wish.version,
        p_account_id: wish.accountId,
        p_symbols: [...wish.symbols],
        p_capital: wish.capital,
        p_params: wish.params,
      }),
      'deploy_strategy',
    );
    return z.object({ id: rowId, capital: decimal }).parse(answer).id;
  },
});
