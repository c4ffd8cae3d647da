-- People, what they may do, and their broker accounts.
-- `broker_accounts` and `trading_permissions` may already exist with rows of the owner's system: columns are added, types widened,
-- unknown columns kept, ids and values untouched.

create table if not exists public.profiles (
  user_id      uuid primary key references auth.users (id) on delete cascade,
  display_name text not null default '',
  is_admin     boolean not null default false,
  locale       text not null default 'ko',
  created_at   timestamptz not null default now(),
  constraint profiles_locale_known check (locale in ('ko', 'en')),
  constraint profiles_display_name_short check (char_length(display_name) <= 80)
);
comment on table public.profiles is 'One row a person. Made by a trigger on sign-up; is_admin changes only through private functions.';

create table if not exists public.platform_settings (
  id              boolean primary key default true,
  orders_enabled  boolean not null default false,
  auto_enabled    boolean not null default false,
  real_enabled    boolean not null default false,
  members_allowed boolean not null default false,
  signup_policy   text not null default 'invite',
  version         bigint not null default 1,
  updated_at      timestamptz not null default now(),
  updated_by      uuid,
  constraint platform_settings_one_row check (id),
  constraint platform_settings_signup_known check (signup_policy in ('closed', 'invite', 'approval', 'open'))
);
comment on table public.platform_settings is 'The staged roll-out: everything false on first install. Administrators change it through set_platform_settings.';
insert into public.platform_settings (id) values (true) on conflict do nothing;

create table if not exists public.broker_accounts (
  id                    uuid primary key default gen_random_uuid(),
  user_id               uuid not null references auth.users (id) on delete cascade,
  broker_type           varchar(20) not null,
  encrypted_credentials jsonb,
  is_paper_account      boolean not null default true,
  is_active             boolean not null default true,
  verified_at           timestamptz,
  created_at            timestamptz not null default now(),
  updated_at            timestamptz not null default now()
);
alter table public.broker_accounts
  add column if not exists label                   text not null default '',
  add column if not exists account_mask            text not null default '',
  add column if not exists encrypted_credentials   jsonb,
  add column if not exists is_paper_account        boolean not null default true,
  add column if not exists is_active               boolean not null default true,
  add column if not exists verified_at             timestamptz,
  add column if not exists created_at              timestamptz not null default now(),
  add column if not exists updated_at              timestamptz not null default now(),
  add column if not exists credential_state        text not null default 'untested',
  add column if not exists credential_message      text not null default '',
  add column if not exists key_id                  text,
  add column if not exists app_key_tag             text,
  add column if not exists commission_rate_krx     numeric(12, 8) not null default 0.00014053,
  add column if not exists commission_rate_nxt     numeric(12, 8) not null default 0.00013053,
  add column if not exists environment_verified_at timestamptz;
alter table public.broker_accounts
  alter column id set default gen_random_uuid(),
  alter column is_active set default true,
  alter column created_at set default now();
comment on table public.broker_accounts is 'Broker accounts. Owners read all but the ciphertext; only save_credentials and the fleet write.';
comment on column public.broker_accounts.encrypted_credentials is 'HPKE ciphertext {v,kid,enc,ct}; readable by the fleet only. A legacy value stays as it was until replaced.';
comment on column public.broker_accounts.account_mask is 'What screens show, e.g. 5012****-01. The whole number is inside the ciphertext.';
comment on column public.broker_accounts.commission_rate_krx is 'Fraction of the traded amount, e.g. 0.00014053 (KIS BanKIS table of 2025-10-27).';
comment on column public.broker_accounts.environment_verified_at is 'When the fleet proved against the broker that the keys belong to the stated environment. Null: the account is inert.';

create table if not exists public.nas_keys (
  key_id      text primary key,
  public_key  text not null,
  fingerprint text not null,
  state       text not null default 'active',
  created_at  timestamptz not null default now(),
  constraint nas_keys_state_known check (state in ('active', 'retiring', 'retired'))
);
comment on table public.nas_keys is 'Public halves of the sealing keys (DHKEM P-256). The private half never leaves the credentials volume.';
create unique index if not exists nas_keys_one_active on public.nas_keys (state) where state = 'active';

create table if not exists public.trading_permissions (
  id                uuid primary key default gen_random_uuid(),
  user_id           uuid not null references auth.users (id) on delete cascade,
  can_paper_trade   boolean not null default true,
  can_real_trade    boolean not null default false,
  daily_trade_limit numeric(20, 2),
  max_position_size numeric(20, 2),
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now()
);
alter table public.trading_permissions
  add column if not exists can_paper_trade   boolean not null default true,
  add column if not exists can_real_trade    boolean not null default false,
  add column if not exists daily_trade_limit numeric(20, 2),
  add column if not exists max_position_size numeric(20, 2),
  add column if not exists daily_order_limit integer not null default 500,
  add column if not exists limits_expire_at  timestamptz,
  add column if not exists approved_by       uuid,
  add column if not exists approved_at       timestamptz,
  add column if not exists updated_at        timestamptz not null default now();
alter table public.trading_permissions
  alter column id set default gen_random_uuid(),
  alter column can_paper_trade set default false,
  alter column can_real_trade set default false,
  alter column daily_trade_limit type numeric(20, 2),
  alter column max_position_size type numeric(20, 2);
create unique index if not exists trading_permissions_one_a_user on public.trading_permissions (user_id);
comment on table public.trading_permissions is 'What a person may trade. Read by the person, changed by administrators through set_trading_permission.';
comment on column public.trading_permissions.daily_trade_limit is 'Won bought per Seoul trading day (filled + reserved remainder); null means nothing may be bought.';
comment on column public.trading_permissions.max_position_size is 'Won per symbol over all accounts of the user; null means nothing may be bought.';
comment on column public.trading_permissions.daily_order_limit is 'Orders a Seoul trading day, denied ones not counted.';

create table if not exists public.permission_requests (
  id         uuid primary key default gen_random_uuid(),
  user_id    uuid not null references auth.users (id) on delete cascade,
  wanted     jsonb not null,
  reason     text not null default '',
  state      text not null default 'open',
  decided_by uuid,
  decided_at timestamptz,
  created_at timestamptz not null default now(),
  constraint permission_requests_state_known check (state in ('open', 'granted', 'refused', 'withdrawn'))
);
comment on table public.permission_requests is 'A person asks for trading rights or limits; an administrator decides.';

create table if not exists public.trading_arms (
  user_id    uuid not null references auth.users (id) on delete cascade,
  session_id text not null,
  armed_at   timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (user_id, session_id)
);
comment on table public.trading_arms is 'A session in which real orders are allowed for 30 minutes after the password or aal2 was given again.';

create table if not exists public.trading_halts (
  scope      text not null,
  scope_id   text not null default '',
  level      text not null,
  version    bigint not null default 1,
  reason     text not null default '',
  set_by     uuid,
  updated_at timestamptz not null default now(),
  primary key (scope, scope_id),
  constraint trading_halts_scope_known check (scope in ('platform', 'broker', 'user', 'strategy')),
  constraint trading_halts_level_known check (level in ('none', 'pause_entries', 'reduce_only', 'halt'))
);
comment on table public.trading_halts is 'The kill switch: one monotonically versioned row a scope.';

create table if not exists public.audit_log (
  id         bigint generated always as identity primary key,
  at         timestamptz not null default now(),
  actor_id   uuid,
  action     text not null,
  subject_id text not null default '',
  detail     jsonb not null default '{}'
);
comment on table public.audit_log is 'Who changed which right, limit, setting or key. Append only; administrators read. Ids and numbers only, never secrets.';
create index if not exists audit_log_at on public.audit_log (at desc);

create table if not exists public.notifications (
  id         uuid primary key default gen_random_uuid(),
  user_id    uuid not null references auth.users (id) on delete cascade,
  kind       text not null,
  severity   text not null default 'info',
  payload    jsonb not null default '{}',
  read_at    timestamptz,
  created_at timestamptz not null default now(),
  constraint notifications_severity_known check (severity in ('info', 'warning', 'critical'))
);
comment on table public.notifications is 'What a person should hear of; text is rendered from kind + payload in their language.';
create index if not exists notifications_user_at on public.notifications (user_id, created_at desc);

create table if not exists public.service_heartbeats (
  service     text not null,
  instance    text not null,
  version     text not null default '',
  worker_ids  text[] not null default '{}',
  detail      jsonb not null default '{}',
  started_at  timestamptz not null default now(),
  beat_at     timestamptz not null default now(),
  primary key (service, instance)
);
comment on table public.service_heartbeats is 'Each fleet process beats every 5 s. Administrators read; a silent one is shown as down after 20 s.';
