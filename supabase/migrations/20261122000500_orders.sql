-- Orders, attempts, events, executions, reservations, positions, and who may send for an account.
-- `real_orders` and `real_positions` may exist with the owner's columns and rows.

create table if not exists public.real_orders (
  id                uuid primary key default gen_random_uuid(),
  user_id           uuid not null references auth.users (id) on delete cascade,
  broker_account_id uuid references public.broker_accounts (id) on delete restrict,
  strategy_id       uuid references public.strategies (id) on delete set null,
  stock_code        varchar(20) not null,
  stock_name        varchar(120),
  order_type        varchar(10) not null,
  order_status      varchar(24) not null default 'pending',
  quantity          bigint not null,
  price             numeric(18, 4),
  executed_price    numeric(18, 4),
  broker_order_id   varchar(50),
  created_at        timestamptz not null default now(),
  executed_at       timestamptz
);
alter table public.real_orders
  add column if not exists broker_account_id    uuid references public.broker_accounts (id) on delete restrict,
  add column if not exists strategy_id          uuid references public.strategies (id) on delete set null,
  add column if not exists stock_name           varchar(120),
  add column if not exists executed_price       numeric(18, 4),
  add column if not exists executed_at          timestamptz,
  add column if not exists broker_order_id      varchar(50),
  add column if not exists created_at           timestamptz not null default now(),
  add column if not exists price_type           text not null default 'limit',
  add column if not exists time_in_force        text not null default 'day',
  add column if not exists venue                text not null default 'KRX',
  add column if not exists session              text not null default 'regular',
  add column if not exists order_day            date,
  add column if not exists cum_quantity         bigint not null default 0,
  add column if not exists cum_amount           numeric(20, 2) not null default 0,
  add column if not exists provisional_quantity bigint not null default 0,
  add column if not exists cancelled_quantity   bigint not null default 0,
  add column if not exists broker_branch        text not null default '',
  add column if not exists parent_order_id      uuid references public.real_orders (id),
  add column if not exists origin               text not null default 'user',
  add column if not exists deployment_id        uuid references public.strategy_deployments (id) on delete restrict,
  add column if not exists intent_key           uuid,
  add column if not exists body_hash            text,
  add column if not exists is_entry             boolean not null default true,
  add column if not exists send_at              timestamptz,
  add column if not exists expires_at           timestamptz,
  add column if not exists cancel_requested_at  timestamptz,
  add column if not exists outcome_unknown      boolean not null default false,
  add column if not exists candidates           jsonb not null default '[]',
  add column if not exists allow_duplicate      boolean not null default false,
  add column if not exists denial_code          text,
  add column if not exists denial               jsonb,
  add column if not exists broker_code          text,
  add column if not exists broker_message       text,
  add column if not exists submitted_at         timestamptz,
  add column if not exists acknowledged_at      timestamptz,
  add column if not exists updated_at           timestamptz not null default now(),
  add column if not exists version              bigint not null default 0;
alter table public.real_orders
  alter column id set default gen_random_uuid(),
  alter column order_status type varchar(24),
  alter column order_status set default 'pending',
  alter column stock_name type text,
  alter column created_at set default now(),
  alter column quantity type bigint,
  alter column price type numeric(18, 4),
  alter column executed_price type numeric(18, 4);
comment on table public.real_orders is 'Our instructions to a broker and what became of them. Owners read; only SQL functions write.';
comment on column public.real_orders.order_type is 'Side: buy or sell (the owner''s word).';
comment on column public.real_orders.price is 'Won a share; null for types without a price.';
comment on column public.real_orders.cum_amount is 'Won, sum of fills by the broker''s inquiry. executed_price = cum_amount ÷ cum_quantity, for display.';
comment on column public.real_orders.provisional_quantity is 'Shares filled by notices not yet proved by an inquiry (체결 추정). Never added to cum_quantity.';
comment on column public.real_orders.version is 'Rises with every change; a screen drops a message older than what it shows.';

create unique index if not exists real_orders_one_intent on public.real_orders (broker_account_id, intent_key) where intent_key is not null;
create unique index if not exists real_orders_one_broker_number
  on public.real_orders (broker_account_id, order_day, broker_order_id) where broker_order_id is not null and order_day is not null;
create index if not exists real_orders_user_at on public.real_orders (user_id, created_at desc);
create index if not exists real_orders_work on public.real_orders (broker_account_id, order_status)
  where order_status in ('pending', 'submitting', 'unknown', 'accepted', 'partially_filled', 'cancel_pending', 'replace_pending');

-- New rows obey these; legacy rows are left as they are (not valid), which still checks every later change.
alter table public.real_orders
  add constraint real_orders_side_known check (order_type in ('buy', 'sell')) not valid,
  add constraint real_orders_status_known check (order_status in ('pending', 'submitting', 'unknown', 'accepted', 'partially_filled',
    'cancel_pending', 'replace_pending', 'executed', 'cancelled', 'replaced', 'rejected', 'denied', 'expired')) not valid,
  add constraint real_orders_price_type_known check (price_type in
    ('limit', 'market', 'best', 'own_best', 'conditional', 'mid', 'pre_close', 'post_close')) not valid,
  add constraint real_orders_time_in_force_known check (time_in_force in ('day', 'ioc', 'fok')) not valid,
  add constraint real_orders_origin_known check (origin in ('user', 'strategy', 'stop', 'flatten', 'external')) not valid,
  add constraint real_orders_fill_within_quantity check (cum_quantity between 0 and quantity) not valid;

create table public.order_attempts (
  id          bigint generated always as identity primary key,
  order_id    uuid not null references public.real_orders (id) on delete restrict,
  attempt_no  integer not null,
  kind        text not null,
  instance_id uuid not null,
  lease_token bigint not null,
  baseline    text[] not null default '{}',
  started_at  timestamptz not null default clock_timestamp(),
  outcome     text,
  outcome_code text,
  outcome_message text,
  finished_at timestamptz,
  unique (order_id, kind, attempt_no),
  constraint order_attempts_kind_known check (kind in ('submit', 'cancel', 'replace')),
  constraint order_attempts_outcome_known check (outcome in ('accepted', 'rejected', 'not_processed', 'unknown'))
);
comment on table public.order_attempts is 'Written before the socket write. A started submit without an outcome is unknown and is never sent again.';

create table public.order_events (
  account_id  uuid not null references public.broker_accounts (id) on delete restrict,
  seq         bigint not null,
  order_id    uuid not null references public.real_orders (id) on delete restrict,
  user_id     uuid not null,
  type        text not null,
  source      text not null,
  from_status text,
  to_status   text,
  payload     jsonb not null default '{}',
  at          timestamptz not null default clock_timestamp(),
  prev_hash   text not null,
  hash        text not null,
  primary key (account_id, seq),
  constraint order_events_source_known check (source in ('user', 'strategy', 'risk', 'sender', 'notice', 'inquiry', 'reconciler', 'operator'))
);
comment on table public.order_events is 'Append only; one hash chain an account. Ids and numbers only.';
create index order_events_order on public.order_events (order_id, seq);

create table public.executions (
  id         uuid primary key default gen_random_uuid(),
  order_id   uuid not null references public.real_orders (id) on delete restrict,
  user_id    uuid not null,
  broker_account_id uuid not null references public.broker_accounts (id) on delete restrict,
  stock_code text not null,
  side       text not null,
  quantity   bigint not null,
  amount     numeric(20, 2) not null,
  cum_quantity_after bigint not null,
  basis      text not null,
  as_of      timestamptz not null,
  created_at timestamptz not null default now(),
  unique (order_id, cum_quantity_after),
  constraint executions_quantity_positive check (quantity > 0),
  constraint executions_basis_known check (basis in ('inquiry', 'notice', 'operator'))
);
comment on table public.executions is 'Increments of the broker''s cumulative truth; not exchange prints.';
create index executions_user_at on public.executions (user_id, created_at desc);

create table public.reservations (
  order_id   uuid primary key references public.real_orders (id) on delete restrict,
  user_id    uuid not null,
  broker_account_id uuid not null,
  stock_code text not null,
  side       text not null,
  unit_price numeric(18, 4) not null default 0,
  amount     numeric(20, 2) not null default 0,
  quantity   bigint not null default 0,
  created_at timestamptz not null default now(),
  constraint reservations_not_negative check (amount >= 0 and quantity >= 0)
);
comment on table public.reservations is 'Won (buys: remainder at limit or upper limit, with fee) or shares (sells) held by orders that are not final. Deleted when final.';
comment on column public.reservations.unit_price is 'Won a share that a buy may cost at most: its limit, or the upper limit for market orders. 0 for sells.';
comment on column public.reservations.amount is 'Won held for the unfilled shares, unit price × shares and fee, rounded up. 0 for sells.';
comment on column public.reservations.quantity is 'Unfilled shares; of sells these cannot be sold again.';
create index reservations_account on public.reservations (broker_account_id);

create table if not exists public.real_positions (
  id                uuid primary key default gen_random_uuid(),
  user_id           uuid not null references auth.users (id) on delete cascade,
  broker_account_id uuid references public.broker_accounts (id) on delete restrict,
  stock_code        varchar(20) not null,
  stock_name        varchar(120),
  quantity          bigint not null default 0,
  avg_price         numeric(18, 4),
  current_price     numeric(18, 4),
  profit_loss       numeric(20, 2),
  profit_loss_rate  numeric(12, 8),
  updated_at        timestamptz not null default now()
);
alter table public.real_positions
  add column if not exists broker_account_id uuid references public.broker_accounts (id) on delete restrict,
  add column if not exists stock_name        varchar(120),
  add column if not exists avg_price         numeric(18, 4),
  add column if not exists current_price     numeric(18, 4),
  add column if not exists profit_loss       numeric(20, 2),
  add column if not exists profit_loss_rate  numeric(12, 8),
  add column if not exists sellable_quantity bigint not null default 0,
  add column if not exists reserved_quantity bigint not null default 0,
  add column if not exists bought_today      bigint not null default 0,
  add column if not exists sold_today        bigint not null default 0,
  add column if not exists purchase_amount   numeric(20, 2) not null default 0,
  add column if not exists realized_pnl      numeric(20, 2) not null default 0,
  add column if not exists updated_at        timestamptz not null default now(),
  add column if not exists version           bigint not null default 0;
alter table public.real_positions
  alter column id set default gen_random_uuid(),
  alter column stock_name type text,
  alter column quantity type bigint,
  alter column quantity set default 0,
  alter column avg_price type numeric(18, 4),
  alter column current_price type numeric(18, 4),
  alter column profit_loss type numeric(20, 2),
  alter column profit_loss_rate type numeric(12, 8);
create unique index if not exists real_positions_one_a_symbol on public.real_positions (broker_account_id, stock_code);
comment on table public.real_positions is 'Net shares and purchase amount in one account. Price and P&L columns are written on a fill; screens compute live ones.';
comment on column public.real_positions.avg_price is 'purchase_amount ÷ quantity, for display.';

-- Rows of the owner's system know an average price only.
update public.real_positions set purchase_amount = round(quantity * avg_price)
where purchase_amount = 0 and quantity > 0 and quantity * avg_price < 1e15;
comment on column public.real_positions.purchase_amount is 'Won paid for the shares still held, at average cost.';
comment on column public.real_positions.realized_pnl is 'Won gained or lost by sales against average cost, before fee and tax.';
comment on column public.real_positions.sellable_quantity is 'Shares that may be sold, those of our own working sales included; reserved_quantity holds these back.';

create table public.account_balances (
  broker_account_id uuid primary key references public.broker_accounts (id) on delete cascade,
  user_id     uuid not null references auth.users (id) on delete cascade,
  cash        numeric(20, 2) not null,
  cash_d1     numeric(20, 2) not null,
  cash_d2     numeric(20, 2) not null,
  orderable   numeric(20, 2) not null,
  net_assets  numeric(20, 2) not null,
  as_of       timestamptz not null default now()
);
comment on table public.account_balances is 'Latest cash by the broker, in won: today, D+1, D+2 (free cash), orderable without 미수.';

create table public.equity_snapshots (
  broker_account_id uuid not null references public.broker_accounts (id) on delete cascade,
  user_id    uuid not null references auth.users (id) on delete cascade,
  at         timestamptz not null,
  net_assets numeric(20, 2) not null,
  primary key (broker_account_id, at)
);
comment on table public.equity_snapshots is 'Net assets by the broker, at most one a minute, for the equity curve.';

create table public.trading_instances (
  id         uuid primary key,
  started_at timestamptz not null default now(),
  expires_at timestamptz not null
);
comment on table public.trading_instances is 'Trading processes; each renews its row every 2 s, a row expires after 6 s.';

create table public.account_leases (
  account_id  uuid primary key references public.broker_accounts (id) on delete cascade,
  instance_id uuid not null,
  token       bigint not null,
  taken_at    timestamptz not null default now()
);
comment on table public.account_leases is 'Which instance may send for an account. Changes only at a take-over, which raises token.';

create table public.broker_tokens (
  app_key_tag text not null,
  environment text not null,
  sealed      text not null,
  issued_at   timestamptz not null,
  expires_at  timestamptz not null,
  primary key (app_key_tag, environment)
);
comment on table public.broker_tokens is 'One sealed access token an app key, shared by the fleet. The fleet only.';

create table public.reconciliation_breaks (
  id                uuid primary key default gen_random_uuid(),
  broker_account_id uuid not null references public.broker_accounts (id) on delete cascade,
  user_id           uuid not null,
  stock_code        text not null,
  ours              bigint not null,
  theirs            bigint not null,
  opened_at         timestamptz not null default now(),
  closed_at         timestamptz
);
comment on table public.reconciliation_breaks is 'Holdings that three reads over 60 s showed different from ours; entries of that symbol pause while open.';
