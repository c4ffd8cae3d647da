import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { compileStrategy } from '#domain/strategy/compile.ts';
import { bollingerReversion } from '#domain/strategy/templates/bollinger-reversion.ts';
import { fiftyTwoWeekHigh } from '#domain/strategy/templates/fifty-two-week-high.ts';
import { goldenCross } from '#domain/strategy/templates/golden-cross.ts';
import { minuteMomentum } from '#domain/strategy/templates/minute-momentum.ts';
import { rsiReversal } from '#domain/strategy/templates/rsi-reversal.ts';
import type { StrategyTemplate } from '#domain/strategy/templates/template.ts';
import type { SeedContext } from './seed.ts';

/** The account that seed-accounts.ts opens for automatic trading. */
const AUTO_LABEL = '모의투자 · 자동매매';
/** Few symbols and little money: the demo must not use up the person's own limits of the day. */
const DEPLOYED = { symbols: ['990020', '990040', '990060'], capital: 10_000_000 } as const;

const SAVED = [goldenCross, rsiReversal, bollingerReversion, fiftyTwoWeekHigh, minuteMomentum];

/** Some templates as the first trader's own strategies, and one of them at work on the automatic account. Only when there is none yet. */
export async function seedStrategies(pool: pg.Pool, { users, marketHours, log }: SeedContext): Promise<void> {
  const userId = users.trader1.id;
  const has = await pool.query('select 1 from public.strategies where user_id = $1 limit 1', [userId]);
  if (has.rowCount) return;
  const ids = new Map<string, string>();
  for (const template of SAVED) ids.set(template.id, await saveTemplate(pool, userId, template, documentOf(template, marketHours)));
  const { rowCount } = await pool.query(
    `insert into public.strategy_deployments (user_id, strategy_id, version, broker_account_id, symbols, capital)
     select $1, $2, 1, a.id, $3, $4 from public.broker_accounts a where a.user_id = $1 and a.label = $5 and a.is_active limit 1`,
    [userId, ids.get(minuteMomentum.id), DEPLOYED.symbols, DEPLOYED.capital, AUTO_LABEL],
  );
  log.info({ strategies: ids.size, deployments: rowCount }, 'demo strategies saved');
}

/** Outside KRX hours the synthetic market goes on after 15:15, when the template sells everything and buys nothing more. */
function documentOf({ id, document }: StrategyTemplate, marketHours: SeedContext['marketHours']): StrategyTemplate['document'] {
  return id === minuteMomentum.id && marketHours !== 'krx' ? { ...document, sessions: {} } : document;
}

async function saveTemplate(
  pool: pg.Pool,
  userId: string,
  { id: template, ko }: StrategyTemplate,
  document: StrategyTemplate['document'],
): Promise<string> {
  const compiled = compileStrategy(document);
  if (!compiled.ok) throw new Error(`template ${template} does not compile: ${compiled.faults[0]?.en}`);
  const id = randomUUID();
  await pool.query(
    `with s as (
       insert into public.strategies (id, user_id, name, description, template, latest_version) values ($1, $2, $3, $4, $5, 1))
     insert into public.strategy_versions (strategy_id, version, user_id, document, hash) values ($1, 1, $2, $6, $7)`,
    [id, userId, ko.name, ko.about, template, JSON.stringify(compiled.program.document), compiled.program.strategyHash],
  );
  return id;
}
