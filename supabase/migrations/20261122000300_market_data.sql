-- What can be traded, when, and at which price. Readable by every signed-in person.

create table public.instruments (
  stock_code    text primary key,
  name_ko       text not null,
  name_en       text not null default '',
  market        text not null,
  kind          text not null default 'stock',
  base_price    numeric(18, 4) not null,
  upper_limit   numeric(18, 4) not null,
  lower_limit   numeric(18, 4) not null,
  price_day     date not null,
  listed_shares bigint not null default 0,
  status_code   text not null default '',
  is_halted     boolean not null default false,
  is_listed     boolean not null default true,
  is_synthetic  boolean not null default false,
  sector        text not null default '',
  updated_at    timestamptz not null default now(),
  constraint instruments_code_shape check (stock_code ~ '^[0-9A-Z]{6}$'),
  constraint instruments_market_known check (market in ('KOSPI', 'KOSDAQ', 'KONEX')),
  constraint instruments_kind_known check (kind in ('stock', 'etf', 'etn'))
);
comment on table public.instruments is 'Tradable instruments with the limits of price_day. The market service writes.';
comment on column public.instruments.base_price is 'Won; the exchange''s base price (기준가) of price_day.';

create table public.tick_bands (
  kind       text not null,
  market     text not null,
  valid_from date not null,
  price_from numeric(18, 4) not null,
  tick       numeric(18, 4) not null,
  primary key (kind, market, valid_from, price_from),
  constraint tick_bands_tick_positive check (tick > 0)
);
comment on table public.tick_bands is 'Tick sizes by date (호가가격단위). Mirrors lib/domain/market/ticks.ts; a test proves the two equal.';

create table public.market_calendar (
  market     text not null default 'KRX',
  day        date not null,
  session    text not null,
  order_from timestamptz,
  open_at    timestamptz,
  close_at   timestamptz,
  is_open    boolean not null default true,
  source     text not null,
  primary key (market, day, session),
  constraint market_calendar_market_known check (market in ('KRX', 'NXT')),
  constraint market_calendar_session_known check (session in
    ('pre', 'open_auction', 'regular', 'close_auction', 'post_fixed', 'after', 'nxt_pre', 'nxt_main', 'nxt_single', 'nxt_after', 'closed')),
  constraint market_calendar_times_given check (not is_open or (order_from is not null and open_at is not null and close_at > open_at))
);
comment on table public.market_calendar is 'Confirmed days and sessions. A closed day is one row with session closed and is_open false. A day without a row trades nothing automatically.';

create table public.market_feeds (
  broker_account_id uuid primary key references public.broker_accounts (id) on delete cascade,
  scope             text not null default 'private',
  updated_at        timestamptz not null default now(),
  constraint market_feeds_scope_known check (scope in ('private', 'shared'))
);
comment on table public.market_feeds is 'Whose key brings quotes, and whether an administrator has allowed sharing them (audited).';

create table public.quotes (
  feed         text not null default 'shared',
  stock_code   text not null references public.instruments (stock_code) on delete cascade,
  last_price   numeric(18, 4) not null,
  change       numeric(18, 4) not null default 0,
  change_rate  numeric(12, 8) not null default 0,
  open         numeric(18, 4) not null default 0,
  high         numeric(18, 4) not null default 0,
  low          numeric(18, 4) not null default 0,
  volume       bigint not null default 0,
  value        numeric(20, 2) not null default 0,
  best_ask     numeric(18, 4),
  best_bid     numeric(18, 4),
  book         jsonb,
  phase        text not null default 'continuous',
  is_halted    boolean not null default false,
  traded_at    timestamptz,
  heard_at     timestamptz not null default now(),
  changed_at   timestamptz not null default clock_timestamp(),
  primary key (feed, stock_code)
);
comment on table public.quotes is 'The latest quote a feed brought. heard_at: when the socket that carries the symbol last said anything; changed_at: when the figures last changed.';

create table public.quote_interest (
  user_id    uuid not null references auth.users (id) on delete cascade,
  stock_code text not null,
  wants_book boolean not null default false,
  expires_at timestamptz not null default now() + interval '30 seconds',
  primary key (user_id, stock_code)
);
comment on table public.quote_interest is 'Which symbols a person''s open screens ask for; 30 s of life. Nobody looks, nothing is sent.';

create table public.bar_chunks (
  stock_code text not null,
  timeframe  text not null,
  year       integer not null,
  bars       integer not null,
  bytes      bytea not null,
  hash       text not null,
  updated_at timestamptz not null default now(),
  primary key (stock_code, timeframe, year),
  constraint bar_chunks_timeframe_known check (timeframe in ('1d', '1m'))
);
comment on table public.bar_chunks is 'Compact bars for charts and previews: one symbol, timeframe and year (for 1m: yyyyddd of one session). Format in lib/domain/market/bar-chunk.ts.';

create table public.watchlists (
  id         uuid primary key default gen_random_uuid(),
  user_id    uuid not null references auth.users (id) on delete cascade,
  name       text not null default '관심종목',
  stock_codes text[] not null default '{}',
  updated_at timestamptz not null default now(),
  constraint watchlists_name_short check (char_length(name) between 1 and 60),
  constraint watchlists_size check (cardinality(stock_codes) <= 200),
  constraint watchlists_codes_short check (octet_length(array_to_string(stock_codes, ',', '')) <= 1600)
);
comment on table public.watchlists is 'A person''s lists of symbols.';
