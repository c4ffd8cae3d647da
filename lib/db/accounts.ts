import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { decimal, instant, rowId } from './columns.ts';
import { must } from './fault.ts';

/** A broker account without its ciphertext. */
export const accountRow = z
  .object({
    id: rowId,
    broker_type: z.string(),
    label: z.string(),
    account_mask: z.string(),
    is_paper_account: z.boolean(),
    is_active: z.boolean(),
    credential_state: z.string(),
    credential_message: z.string(),
    commission_rate_krx: decimal,
    environment_verified_at: instant.nullable(),
    verified_at: instant.nullable(),
    created_at: instant,
  })
  .transform((row) => ({
    id: row.id,
    broker: row.broker_type,
    label: row.label,
    mask: row.account_mask,
    isPaper: row.is_paper_account,
    isActive: row.is_active,
    credentialState: row.credential_state,
    credentialMessage: row.credential_message,
    commissionRate: row.commission_rate_krx,
    isReady: row.environment_verified_at !== null,
    createdAt: row.created_at,
  }));
export type AccountView = z.infer<typeof accountRow>;

const COLUMNS =
  'id,broker_type,label,account_mask,is_paper_account,is_active,credential_state,credential_message,commission_rate_krx,environment_verified_at,verified_at,created_at';

/** The public half of the key the fleet opens credentials with. */
export const sealingKeyRow = z
  .object({ key_id: z.string(), public_key: z.string(), fingerprint: z.string() })
  .transform((row) => ({ keyId: row.key_id, publicKey: row.public_key, fingerprint: row.fingerprint }));
export type SealingKey = z.infer<typeof sealingKeyRow>;

export const balanceRow = z
  .object({
    broker_account_id: rowId,
    cash: decimal,
    cash_d1: decimal,
    cash_d2: decimal,
    orderable: decimal,
    net_assets: decimal,
    as_of: instant,
  })
  .transform((row) => ({
    accountId: row.broker_account_id,
    cash: row.cash,
    cashD1: row.cash_d1,
    cashD2: row.cash_d2,
    orderable: row.orderable,
    netAssets: row.net_assets,
    asOf: row.as_of,
  }));
export type BalanceView = z.infer<typeof balanceRow>;

export const accountRepo = (db: SupabaseClient) => ({
  async list(): Promise<AccountView[]> {
    return z.array(accountRow).parse(must(await db.from('broker_accounts').select(COLUMNS).order('created_at'), 'accounts.list'));
  },
  async balances(): Promise<BalanceView[]> {
    return z.array(balanceRow).parse(must(await db.from('account_balances').select('*'), 'accounts.balances'));
  },
  /** Net assets of one account since an instant, oldest first. */
  async equity(accountId: string, since: string): Promise<{ at: string; netAssets: number }[]> {
    const rows = must(
      await db
        .from('equity_snapshots')
        .select('at,net_assets')
        .eq('broker_account_id', accountId)
        .gte('at', since)
        .order('at', { ascending: false })
        .limit(1_000),
      'accounts.equity',
    );
    return z
      .array(z.object({ at: instant, net_assets: decimal }).transform((row) => ({ at: row.at, netAssets: row.net_assets })))
      .parse(rows)
      .reverse();
  },
  async activeSealingKey(): Promise<SealingKey | null> {
    const { data, error } = await db.from('nas_keys').select('key_id,public_key,fingerprint').eq('state', 'active').maybeSingle();
    if (error) must({ data, error }, 'accounts.activeSealingKey');
    return data ? sealingKeyRow.parse(data) : null;
  },
  async saveCredentials(input: {
    accountId: string;
    broker: string;
    label: string;
    mask: string;
    isPaper: boolean;
    sealed: unknown;
    keyId: string;
  }): Promise<void> {
    must(
      await db.rpc('save_credentials', {
        p_account_id: input.accountId,
        p_broker_type: input.broker,
        p_label: input.label,
        p_account_mask: input.mask,
        p_is_paper: input.isPaper,
        p_sealed: input.sealed,
        p_key_id: input.keyId,
      }),
      'save_credentials',
    );
  },
  /** Opens an account without keys; the same id opens it once. */
  async openPaper(input: { accountId: string; label: string; cash: number }): Promise<void> {
    must(
      await db.rpc('open_paper_account', { p_account_id: input.accountId, p_label: input.label, p_cash: input.cash }),
      'open_paper_account',
    );
  },
  async test(accountId: string): Promise<void> {
    const { error } = await db.rpc('test_account', { p_account_id: accountId });
    if (error) must({ data: null, error }, 'test_account');
  },
  async remove(accountId: string): Promise<void> {
    const { error } = await db.rpc('remove_account', { p_account_id: accountId });
    if (error) must({ data: null, error }, 'remove_account');
  },
});
