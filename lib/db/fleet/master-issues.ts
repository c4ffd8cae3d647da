import type pg from 'pg';

/** An issue of the exchange as a master file tells it. */
export interface MasterEntry {
  readonly symbol: string;
  readonly name: string;
  readonly market: 'KOSPI' | 'KOSDAQ';
  readonly kind: 'stock' | 'etf' | 'etn';
  readonly basePrice: number;
  readonly upperLimit: number;
  readonly lowerLimit: number;
  readonly listedShares: number;
  readonly isHalted: boolean;
  readonly statusCode: string;
}

/** A file that lost more of a market than this is damaged, not news. */
const MOST_DELISTED = 0.1;

/**
 * Brings a market's instruments up to a master file: new ones are added, names and share counts follow, what is gone is delisted.
 * Prices of known instruments stay: the broker's quotes own them. `pricedOn` is the day the new ones' prices are of.
 */
export async function takeMasterIssues(
  client: pg.ClientBase,
  market: 'KOSPI' | 'KOSDAQ',
  issues: readonly MasterEntry[],
  pricedOn: string,
): Promise<{ added: number; changed: number; delisted: number; missing: number }> {
  const { rows: written } = await client.query<{ added: boolean }>(
    `insert into public.instruments as i (stock_code, name_ko, market, kind, base_price, upper_limit, lower_limit, price_day, listed_shares, status_code, is_halted)
     select r.symbol, r.name, r.market, r.kind, r."basePrice", r."upperLimit", r."lowerLimit", $2, r."listedShares", r."statusCode", r."isHalted"
       from jsonb_to_recordset($1::jsonb) as r (symbol text, name text, market text, kind text, "basePrice" numeric, "upperLimit" numeric,
         "lowerLimit" numeric, "listedShares" bigint, "statusCode" text, "isHalted" boolean)
     on conflict (stock_code) do update
       set name_ko = excluded.name_ko, market = excluded.market, kind = excluded.kind, listed_shares = excluded.listed_shares, is_listed = true,
           updated_at = now()
       where not i.is_synthetic and (i.name_ko, i.market, i.kind, i.listed_shares, i.is_listed)
         is distinct from (excluded.name_ko, excluded.market, excluded.kind, excluded.listed_shares, true)
     returning xmax = 0 as added`,
    [JSON.stringify(issues), pricedOn],
  );
  const gone = `market = $1 and is_listed and not is_synthetic and stock_code <> all ($2)`;
  const codes = issues.map((issue) => issue.symbol);
  const { rows: counts } = await client.query<{ missing: number; listed: number }>(
    `select count(*) filter (where ${gone})::int as missing, count(*) filter (where market = $1 and is_listed and not is_synthetic)::int as listed
       from public.instruments`,
    [market, codes],
  );
  const { missing = 0, listed = 0 } = counts[0] ?? {};
  const isNews = missing <= listed * MOST_DELISTED;
  if (isNews) await client.query(`update public.instruments set is_listed = false, updated_at = now() where ${gone}`, [market, codes]);
  const added = written.filter((row) => row.added).length;
  return { added, changed: written.length - added, delisted: isNews ? missing : 0, missing: isNews ? 0 : missing };
}
