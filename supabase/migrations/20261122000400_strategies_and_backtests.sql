-- Strategies with immutable versions, deployments, back-tests. `strategies` may exist with the owner's columns and rows:
-- a legacy row keeps its id and becomes version 0, shown and not runnable until mapped.

create table if not exists public.strategies (
  id          uuid primary key default gen_random_uuid(),
  user_id     uuid not null references auth.users (id) on delete cascade,
  name        text not null,
  description text,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now()
);
alter table public.strategies
  add column if not exists description    text,
  add column if not exists template       text,
  add column if not exists latest_version integer not null default 0,
  add column if not exists is_archived    boolean not null default false,
  add column if not exists created_at     timestamptz not null default now(),
  add column if not exists updated_at     timestamptz not null default now();
alter table public.strategies alter column id set default gen_random_uuid();
comment on table public.strategies is 'A person''s strategies; the document lives in strategy_versions. latest_version 0: a legacy strategy, not runnable until mapped.';

create table public.strategy_versions (
  strategy_id uuid not null references public.strategies (id) on delete cascade,
  version     integer not null,
  user_id     uuid not null references auth.users (id) on delete cascade,
  document    jsonb not null,
  params      jsonb not null default '{}',
  hash        text not null,
  created_at  timestamptz not null default now(),
  primary key (strategy_id, version),
  constraint strategy_versions_positive check (version >= 0)
);
create index strategy_versions_user_at on public.strategy_versions (user_id, created_at desc);
comment on table public.strategy_versions is 'Immutable documents (narae.strategy/1). hash: SHA-256 of the canonical JSON.';

create table public.investment_settings (
  user_id    uuid primary key references auth.users (id) on delete cascade,
  markets    text[] not null default '{KOSPI,KOSDAQ}',
  exclude    text[] not null default '{}',
  filters    jsonb not null default '{}',
  allow_restricted boolean not null default false,
  updated_at timestamptz not null default now(),
  constraint investment_settings_exclude_size check (cardinality(exclude) <= 1000 and octet_length(array_to_string(exclude, ',', '')) <= 8000),
  constraint investment_settings_markets_size check (cardinality(markets) <= 10 and octet_length(array_to_string(markets, ',', '')) <= 200),
  constraint investment_settings_filters_size check (octet_length(filters::text) <= 16384)
);
comment on table public.investment_settings is 'A person''s mask: effective universe = the document''s ∩ mask − exclusions. Live always applies exclusions.';

create table public.strategy_deployments (
  id                uuid primary key default gen_random_uuid(),
  user_id           uuid not null references auth.users (id) on delete cascade,
  strategy_id       uuid not null,
  version           integer not null,
  broker_account_id uuid not null references public.broker_accounts (id) on delete restrict,
  params            jsonb not null default '{}',
  symbols           text[] not null default '{}',
  capital           numeric(20, 2) not null,
  state             text not null default 'running',
  state_reason      text not null default '',
  memory            jsonb not null default '{}',
  last_tick         timestamptz,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  foreign key (strategy_id, version) references public.strategy_versions (strategy_id, version) on delete restrict,
  constraint strategy_deployments_state_known check (state in ('running', 'paused', 'stopped', 'error')),
  constraint strategy_deployments_capital_positive check (capital > 0)
);
comment on table public.strategy_deployments is 'A version that trades by itself on one account. capital: won it may use.';
create index strategy_deployments_running on public.strategy_deployments (state) where state = 'running';

create table public.strategy_positions (
  deployment_id   uuid not null references public.strategy_deployments (id) on delete cascade,
  user_id         uuid not null references auth.users (id) on delete cascade,
  stock_code      text not null,
  quantity        bigint not null default 0,
  purchase_amount numeric(20, 2) not null default 0,
  realized_pnl    numeric(20, 2) not null default 0,
  entered_at      timestamptz,
  bars_held       integer not null default 0,
  updated_at      timestamptz not null default now(),
  primary key (deployment_id, stock_code),
  constraint strategy_positions_quantity_not_negative check (quantity >= 0)
);
comment on table public.strategy_positions is 'Sub-ledger: what a deployment holds inside its account.';

create table public.strategy_runs (
  deployment_id uuid not null references public.strategy_deployments (id) on delete cascade,
  tick          timestamptz not null,
  user_id       uuid not null references auth.users (id) on delete cascade,
  phase         text not null default 'evaluate',
  outcome       text not null default 'claimed',
  reason        text not null default '',
  decisions     jsonb not null default '[]',
  started_at    timestamptz not null default now(),
  finished_at   timestamptz,
  primary key (deployment_id, tick),
  constraint strategy_runs_phase_known check (phase in ('prepare', 'evaluate', 'clean_up')),
  constraint strategy_runs_outcome_known check (outcome in ('claimed', 'no_signal', 'ordered', 'skipped', 'failed'))
);
comment on table public.strategy_runs is 'One evaluation of a deployment. The insert is the claim: doubled schedulers run a tick once.';

create table public.backtests (
  id            uuid primary key default gen_random_uuid(),
  user_id       uuid not null references auth.users (id) on delete cascade,
  strategy_id   uuid references public.strategies (id) on delete set null,
  version       integer,
  name          text not null default '',
  request       jsonb not null,
  state         text not null default 'queued',
  progress      numeric(12, 8) not null default 0,
  eta_seconds   integer,
  message       text not null default '',
  cancel_requested_at timestamptz,
  strategy_hash text,
  data_hash     text,
  result_hash   text,
  metrics       jsonb,
  diagnosis     jsonb not null default '[]',
  summary       jsonb,
  created_at    timestamptz not null default now(),
  started_at    timestamptz,
  finished_at   timestamptz,
  constraint backtests_state_known check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  constraint backtests_progress_fraction check (progress between 0 and 1)
);
comment on table public.backtests is 'A run and its headline result. request: {document, params, dataset, from, to, capital, universe mask, seed}.';
create index backtests_user_at on public.backtests (user_id, created_at desc);

create table public.backtest_trades (
  backtest_id uuid not null references public.backtests (id) on delete cascade,
  seq         integer not null,
  user_id     uuid not null references auth.users (id) on delete cascade,
  trade       jsonb not null,
  primary key (backtest_id, seq)
);
comment on table public.backtest_trades is 'Trades of a run, in order of exit; shape of BACKTEST §7.';

create table public.backtest_series (
  backtest_id uuid not null references public.backtests (id) on delete cascade,
  name        text not null,
  user_id     uuid not null references auth.users (id) on delete cascade,
  points      jsonb not null,
  primary key (backtest_id, name),
  constraint backtest_series_name_known check (name in ('equity', 'benchmark', 'monthly', 'yearly'))
);
comment on table public.backtest_series is 'Series of a run for the report: equity is [[day, equity, drawdown]…].';
