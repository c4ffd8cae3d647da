-- Readies the owner's five tables, where they exist, for the columns and rules that follow. No row, id or value changes.
-- Widened words (order_status, broker_type …) replace the owner's check on them, and the `FOR ALL` policies, under which people could
-- write their own orders, go. A column that is unknown to us and mandatory without a default becomes optional, or our inserts would fail.

do $$
declare
  t text;
  p record;
  c record;
begin
  foreach t in array array['strategies', 'broker_accounts', 'real_orders', 'real_positions', 'trading_permissions'] loop
    continue when to_regclass('public.' || t) is null;

    for p in select policyname from pg_catalog.pg_policies where schemaname = 'public' and tablename = t and cmd = 'ALL' loop
      execute format('drop policy %I on public.%I', p.policyname, t);
    end loop;

    for c in
      select con.conname
      from pg_catalog.pg_constraint con
      join pg_catalog.pg_attribute a on a.attrelid = con.conrelid and a.attnum = any (con.conkey)
      where con.conrelid = to_regclass('public.' || t) and con.contype = 'c'
        and a.attname in ('order_status', 'order_type', 'broker_type')
    loop
      execute format('alter table public.%I drop constraint if exists %I', t, c.conname);
    end loop;

    for c in
      select column_name
      from information_schema.columns
      where table_schema = 'public' and table_name = t and is_nullable = 'NO' and column_default is null
        and is_identity = 'NO' and is_generated = 'NEVER'
        and column_name not in ('id', 'user_id', 'name', 'broker_type', 'stock_code', 'order_type', 'order_status', 'quantity')
    loop
      execute format('alter table public.%I alter column %I drop not null', t, c.column_name);
    end loop;
  end loop;

  -- A ciphertext that was stored as text becomes one JSON string: `encrypted_credentials #>> '{}'` gives back the very same text.
  if exists (
    select 1 from information_schema.columns
    where table_schema = 'public' and table_name = 'broker_accounts' and column_name = 'encrypted_credentials' and data_type <> 'jsonb'
  ) then
    alter table public.broker_accounts alter column encrypted_credentials drop default;
    alter table public.broker_accounts alter column encrypted_credentials type jsonb using to_jsonb(encrypted_credentials::text);
  end if;
end
$$;

-- Two rows where our rules need one are for the owner to settle; nothing is deleted here.
do $$
begin
  if to_regclass('public.trading_permissions') is not null then
    if exists (select 1 from public.trading_permissions group by user_id having count(*) > 1) then
      raise exception 'trading_permissions has several rows for one user_id: keep one row a person, then run the migrations again';
    end if;
  end if;
  if to_regclass('public.real_positions') is not null then
    if exists (
      select 1 from public.real_positions where broker_account_id is not null group by broker_account_id, stock_code having count(*) > 1
    ) then
      raise exception 'real_positions has several rows for one account and stock_code: join them, then run the migrations again';
    end if;
  end if;
end
$$;
