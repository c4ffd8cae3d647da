-- Paper accounts (가상 계좌): trading on live quotes without any keys. The trading service matches their orders by the back-test's
-- fill rules; these tables are its whole memory, so that a killed process loses nothing and doubles nothing. People see the outcome
-- in real_orders, executions and real_positions like that of any broker.

create table public.paper_accounts (
  broker_account_id uuid primary key references public.broker_accounts (id) on delete cascade,
  starting_cash     numeric(20, 2) not null,
  cash              numeric(20, 2) not null,
  last_number       bigint not null default 0,
  created_at        timestamptz not null default now(),
  constraint paper_accounts_cash_in_range check (starting_cash between 1000000 and 10000000000)
);
comment on table public.paper_accounts is 'What the paper broker knows of an account. Its row is the lock under which its orders change.';
comment on column public.paper_accounts.starting_cash is 'Won the account was opened with.';
comment on column public.paper_accounts.cash is 'Won when everything traded so far has settled (D+2).';
comment on column public.paper_accounts.last_number is 'The last order number given out.';

create table public.paper_orders (
  broker_account_id  uuid not null references public.paper_accounts (broker_account_id) on delete cascade,
  order_number       text not null,
  original_number    text,
  order_day          date not null,
  order_time         text not null,
  stock_code         text not null,
  side               text not null,
  price_type         text not null,
  time_in_force      text not null,
  quantity           bigint not null,
  limit_price        numeric(18, 4),
  reserve_price      numeric(18, 4) not null,
  cum_quantity       bigint not null default 0,
  cum_amount         numeric(20, 2) not null default 0,
  cancelled_quantity bigint not null default 0,
  moved_quantity     bigint not null default 0,
  seen_volume        bigint,
  queue_ahead        bigint not null default 0,
  eligible_volume    bigint not null default 0,
  print_filled       bigint not null default 0,
  expires_at         timestamptz not null,
  created_at         timestamptz not null default now(),
  primary key (broker_account_id, order_number),
  constraint paper_orders_side_known check (side in ('buy', 'sell')),
  constraint paper_orders_quantity_positive check (quantity > 0),
  constraint paper_orders_within_quantity check (
    cum_quantity >= 0 and cancelled_quantity >= 0 and moved_quantity >= 0 and cum_quantity + cancelled_quantity + moved_quantity <= quantity)
);
create index paper_orders_of_a_day on public.paper_orders (broker_account_id, order_day);
comment on table public.paper_orders is 'Orders at the paper broker, as its order list tells them.';
comment on column public.paper_orders.limit_price is 'Won a share; null takes any price.';
comment on column public.paper_orders.reserve_price is 'Won a share held back while a buy works: its limit, or the day''s upper limit.';
comment on column public.paper_orders.cum_amount is 'Won of all fills before commission and tax.';
comment on column public.paper_orders.moved_quantity is 'Shares that a replace moved to another order.';
comment on column public.paper_orders.seen_volume is 'The day''s printed volume up to which this order has been matched: what a restart goes on from. Null before its first look at the market.';
comment on column public.paper_orders.queue_ahead is 'Shares that stood before ours at our price when we joined.';
comment on column public.paper_orders.eligible_volume is 'Printed shares that could have met ours; print_filled of ours were filled from them.';

create table public.paper_fills (
  id                bigint generated always as identity primary key,
  broker_account_id uuid not null,
  order_number      text not null,
  stock_code        text not null,
  side              text not null,
  quantity          bigint not null,
  price             numeric(18, 4) not null,
  amount            numeric(20, 2) not null,
  commission        numeric(20, 2) not null,
  tax               numeric(20, 2) not null,
  basis             text not null,
  book_key          text,
  trade_day         date not null,
  settle_day        date not null,
  at                timestamptz not null default now(),
  foreign key (broker_account_id, order_number) references public.paper_orders (broker_account_id, order_number) on delete cascade,
  constraint paper_fills_quantity_positive check (quantity > 0),
  constraint paper_fills_basis_known check (basis in ('book', 'print'))
);
create index paper_fills_unsettled on public.paper_fills (broker_account_id, settle_day);
comment on table public.paper_fills is 'Fills of the paper broker. Append only.';
comment on column public.paper_fills.price is 'Won a share.';
comment on column public.paper_fills.amount is 'Won, price times quantity.';
comment on column public.paper_fills.commission is 'Won, by the account''s rate.';
comment on column public.paper_fills.tax is 'Won of transaction tax on a sale, by the law of the settlement day.';
comment on column public.paper_fills.book_key is 'Which picture of the order book was taken from: the same shares are not taken twice.';

create table public.paper_holdings (
  broker_account_id uuid not null references public.paper_accounts (broker_account_id) on delete cascade,
  stock_code        text not null,
  quantity          bigint not null,
  purchase_amount   numeric(20, 2) not null,
  primary key (broker_account_id, stock_code),
  constraint paper_holdings_not_short check (quantity > 0 and purchase_amount >= 0)
);
comment on table public.paper_holdings is 'Shares a paper account holds.';
comment on column public.paper_holdings.purchase_amount is 'Won paid for the shares still held (moving average).';

do $$
declare
  t text;
begin
  foreach t in array array['paper_accounts', 'paper_orders', 'paper_fills', 'paper_holdings'] loop
    execute format('alter table public.%I enable row level security', t);
    execute format('revoke all on public.%I from public, anon, authenticated, service_role', t);
    execute format('grant select, insert, update, delete on public.%I to narae_trading', t);
    execute format('create policy %I on public.%I for all to narae_trading using (true) with check (true)', t || '_fleet', t);
    execute format('comment on policy %I on public.%I is %L', t || '_fleet', t, 'The paper broker runs in the trading service.');
  end loop;
  revoke delete on public.paper_accounts, public.paper_orders from narae_trading;
  revoke update, delete on public.paper_fills from narae_trading;
end
$$;

-- A paper account has no keys that could be opened and stays what it is, whoever writes. (Accounts with keys are bound by their
-- ciphertext: broker and paper or real are part of what it authenticates.)
create function private.keep_paper_account() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if (new.broker_type <> 'paper' or new.is_paper_account is not true or new.encrypted_credentials is not null)
     and exists (select 1 from public.paper_accounts p where p.broker_account_id = new.id) then
    perform private.refuse('account_kind_fixed', 'A paper account has no keys and never trades real money. Add another account instead.');
  end if;
  return new;
end
$$;
comment on function private.keep_paper_account is 'Trigger: a paper account never gets keys, another broker or real money.';
create trigger narae_keep_paper_account before update of broker_type, is_paper_account, encrypted_credentials on public.broker_accounts
  for each row execute function private.keep_paper_account();

create function public.open_paper_account(p_account_id uuid, p_label text, p_cash numeric) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  a public.broker_accounts;
begin
  perform private.require_user();
  if p_account_id is null or char_length(trim(coalesce(p_label, ''))) not between 1 and 60 then
    perform private.refuse('invalid_input', 'Account id and a label of 1 to 60 characters are needed.');
  end if;
  if p_cash is null or p_cash <> trunc(p_cash) or p_cash not between 1000000 and 10000000000 then
    perform private.refuse('invalid_input', 'Start with whole won between 1,000,000 and 10,000,000,000.');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('accounts of ' || auth.uid(), 0));
  select * into a from public.broker_accounts where id = p_account_id;
  if a.id is not null then -- the same request again
    a := private.own_account(p_account_id);
    if not exists (select 1 from public.paper_accounts p where p.broker_account_id = a.id and p.starting_cash = p_cash) then
      perform private.refuse('account_kind_fixed', 'This account exists already. Add another account instead.');
    end if;
    return private.account_view(a);
  end if;
  if (select count(*) from public.broker_accounts x where x.user_id = auth.uid() and x.is_active) >= 20 then
    perform private.refuse('too_many_accounts', 'You have 20 accounts. Remove one first.');
  end if;
  if (select count(*) from public.broker_accounts x where x.user_id = auth.uid() and x.created_at > clock_timestamp() - interval '1 day') >= 50 then
    perform private.refuse('rate_limited', 'You added 50 accounts in a day. Try again tomorrow.', 429);
  end if;
  -- Nothing to prove: there are no keys, and nothing of this account ever leaves the house.
  insert into public.broker_accounts (id, user_id, broker_type, label, account_mask, is_paper_account, is_active, credential_state,
    verified_at, environment_verified_at)
  values (p_account_id, auth.uid(), 'paper', trim(p_label), '****' || upper(right(p_account_id::text, 4)), true, true, 'ok',
    clock_timestamp(), clock_timestamp())
  returning * into a;
  insert into public.paper_accounts (broker_account_id, starting_cash, cash) values (a.id, p_cash, p_cash);
  perform private.audit('account.open_paper', a.id::text, jsonb_build_object('cash', p_cash));
  return private.account_view(a);
end
$$;
comment on function public.open_paper_account is 'Opens an account that trades on live quotes without keys. Repeating the request returns the same account.';

create or replace function public.take_leases(p_instance uuid)
returns table (account_id uuid, token bigint, user_id uuid, broker_type text, is_paper_account boolean, encrypted_credentials jsonb,
  key_id text, app_key_tag text, environment_verified_at timestamptz, credential_state text)
language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtext('narae account_leases')); -- one take-over at a time; the next statement sees the last one
  if exists (select 1 from public.trading_instances i where i.id = p_instance and i.expires_at > clock_timestamp()) then
    insert into public.account_leases as l (account_id, instance_id, token)
    select a.id, p_instance, 1
    from public.broker_accounts a
    where a.is_active
      and (jsonb_typeof(a.encrypted_credentials) = 'object' -- a legacy text cannot be opened
        or exists (select 1 from public.paper_accounts p where p.broker_account_id = a.id))
    on conflict on constraint account_leases_pkey do update
      set instance_id = excluded.instance_id, token = l.token + 1, taken_at = clock_timestamp()
      where l.instance_id <> excluded.instance_id
        and not exists (select 1 from public.trading_instances i where i.id = l.instance_id and i.expires_at > clock_timestamp());
  end if;
  return query
    select a.id, l.token, a.user_id, a.broker_type::text, a.is_paper_account, a.encrypted_credentials, a.key_id, a.app_key_tag,
      a.environment_verified_at, a.credential_state
    from public.account_leases l
    join public.broker_accounts a on a.id = l.account_id
    join public.trading_instances i on i.id = l.instance_id and i.expires_at > clock_timestamp()
    where l.instance_id = p_instance and a.is_active
    order by a.id;
end
$$;

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
revoke all on function public.open_paper_account from public, anon, authenticated, service_role;
grant execute on function public.open_paper_account to authenticated;
