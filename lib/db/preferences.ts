import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { market } from '#domain/market/instrument.ts';
import { rowId } from './columns.ts';
import { must } from './fault.ts';

const investmentRow = z
  .object({ markets: z.array(market), exclude: z.array(z.string()), allow_restricted: z.boolean() })
  .transform((row) => ({ markets: row.markets, exclude: row.exclude, allowRestricted: row.allow_restricted }));
/** A person's mask over every strategy's universe. */
export type InvestmentSettings = z.infer<typeof investmentRow>;

const watchlistRow = z
  .object({ id: rowId, name: z.string(), stock_codes: z.array(z.string()) })
  .transform((row) => ({ id: row.id, name: row.name, symbols: row.stock_codes }));
export type Watchlist = z.infer<typeof watchlistRow>;

/** Rows a person may write themselves, under RLS. */
export const preferenceRepo = (db: SupabaseClient) => ({
  async investment(): Promise<InvestmentSettings> {
    const { data, error } = await db.from('investment_settings').select('markets,exclude,allow_restricted').limit(1).maybeSingle();
    if (error) must({ data, error }, 'preferences.investment');
    return data ? investmentRow.parse(data) : { markets: ['KOSPI', 'KOSDAQ'], exclude: [], allowRestricted: false };
  },
  async saveInvestment(userId: string, settings: InvestmentSettings): Promise<void> {
    const { error } = await db.from('investment_settings').upsert({
      user_id: userId,
      markets: settings.markets,
      exclude: settings.exclude,
      allow_restricted: settings.allowRestricted,
    });
    if (error) must({ data: null, error }, 'preferences.saveInvestment');
  },
  async watchlist(): Promise<Watchlist | null> {
    const { data, error } = await db.from('watchlists').select('id,name,stock_codes').order('updated_at').limit(1).maybeSingle();
    if (error) must({ data, error }, 'preferences.watchlist');
    return data ? watchlistRow.parse(data) : null;
  },
  async saveWatchlist(userId: string, list: { id: string | null; symbols: readonly string[] }): Promise<string> {
    const row = { stock_codes: [...list.symbols] };
    const saved = list.id
      ? await db.from('watchlists').update(row).eq('id', list.id).select('id').single()
      : await db
          .from('watchlists')
          .insert({ ...row, user_id: userId })
          .select('id')
          .single();
    return z.object({ id: rowId }).parse(must(saved, 'preferences.saveWatchlist')).id;
  },
  async saveProfile(userId: string, profile: { displayName?: string; locale?: 'ko' | 'en' }): Promise<void> {
    const row = {
      ...(profile.displayName === undefined ? {} : { display_name: profile.displayName }),
      ...(profile.locale ? { locale: profile.locale } : {}),
    };
    const { error } = await db.from('profiles').update(row).eq('user_id', userId);
    if (error) must({ data: null, error }, 'preferences.saveProfile');
  },
});
