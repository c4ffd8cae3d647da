-- Market data: tick bands by date, who looks at which symbol, and one message a second for each person.

-- Mirrors lib/domain/market/ticks.ts (sources there); a test proves the two equal.
insert into public.tick_bands (kind, market, valid_from, price_from, tick)
select k.kind, k.market, e.valid_from, split_part(b, ':', 1)::numeric, split_part(b, ':', 2)::numeric
from (values
  ('stock', array['KOSPI', 'KOSDAQ', 'KONEX'], date '2023-01-25', '0:1 2000:5 5000:10 20000:50 50000:100 200000:500 500000:1000'),
  ('stock', array['KOSPI'], date '2021-01-04', '0:1 1000:5 5000:10 10000:50 50000:100 100000:500 500000:1000'),
  ('stock', array['KOSPI'], date '2010-10-04', '0:1 1000:5 5000:10 10000:50 50000:100 100000:500 500000:1000'),
  ('stock', array['KOSPI'], date '0001-01-01', '0:5 5000:10 10000:50 50000:100 100000:500 500000:1000'),
  ('stock', array['KOSDAQ', 'KONEX'], date '2021-01-04', '0:1 1000:5 5000:10 10000:50 50000:100'),
  ('stock', array['KOSDAQ', 'KONEX'], date '0001-01-01', '0:1 1000:5 5000:10 10000:50 50000:100'),
  ('fund', array['KOSPI', 'KOSDAQ', 'KONEX'], date '2023-12-18', '0:1 2000:5'),
  ('fund', array['KOSPI', 'KOSDAQ', 'KONEX'], date '0001-01-01', '0:5')
) as e (family, markets, valid_from, bands)
cross join lateral unnest(e.markets) m (market)
cross join lateral (select unnest(case e.family when 'stock' then array['stock'] else array['etf', 'etn'] end) as kind, m.market) k
cross join lateral unnest(string_to_array(e.bands, ' ')) b
on conflict do nothing;

create function private.stamp_quote() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if tg_op = 'INSERT' or (to_jsonb(new) - 'heard_at' - 'changed_at') is distinct from (to_jsonb(old) - 'heard_at' - 'changed_at') then
    new.changed_at := clock_timestamp();
  else
    new.changed_at := old.changed_at;
  end if;
  return new;
end
$$;
comment on function private.stamp_quote is 'Trigger: a quote that only was heard of again has not changed.';
create trigger quotes_stamp before insert or update on public.quotes for each row execute function private.stamp_quote();
create index quotes_changed on public.quotes (changed_at);

create function public.watch_quotes(p_codes text[], p_books text[] default '{}') returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.require_user();
  if coalesce(cardinality(p_codes), 0) > 100 or coalesce(cardinality(p_books), 0) > 100 then
    perform private.refuse('invalid_input', 'At most 100 symbols can be watched at once.');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('watch ' || auth.uid(), 0)); -- two tabs of one person
  delete from public.quote_interest q
  where q.user_id = auth.uid() and q.stock_code <> all (coalesce(p_codes, '{}') || coalesce(p_books, '{}'));
  insert into public.quote_interest (user_id, stock_code, wants_book, expires_at)
  select auth.uid(), i.stock_code, i.stock_code = any (coalesce(p_books, '{}')), clock_timestamp() + interval '30 seconds'
  from public.instruments i
  where i.stock_code = any (coalesce(p_codes, '{}') || coalesce(p_books, '{}'))
  on conflict (user_id, stock_code) do update set wants_book = excluded.wants_book, expires_at = excluded.expires_at;
end
$$;
comment on function public.watch_quotes is 'Replaces what the person''s open screens show; holds for 30 s. Unknown codes are left out.';

create function private.limit_watchlists() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('watchlists of ' || new.user_id, 0));
  if (select count(*) from public.watchlists w where w.user_id = new.user_id) >= 50 then
    perform private.refuse('too_many_watchlists', 'You have 50 lists. Delete one first.');
  end if;
  return new;
end
$$;
comment on function private.limit_watchlists is 'Trigger: people write this table directly; 50 lists are enough.';
create trigger watchlists_limit before insert on public.watchlists for each row execute function private.limit_watchlists();

create table private.quote_publication (
  id          boolean primary key default true check (id),
  sent_at     timestamptz not null default '-infinity',
  changed_to  timestamptz not null default '-infinity'
);
comment on table private.quote_publication is 'When quotes were last sent, and up to which change.';
insert into private.quote_publication default values;

create function public.publish_quotes() returns integer
language plpgsql volatile security definer set search_path = ''
as $$
declare
  changed_from timestamptz;
  newest timestamptz;
  m record;
  sent integer := 0;
begin
  -- Taken by one process at a time, and not more than once a second, whoever calls.
  update private.quote_publication p set sent_at = clock_timestamp()
  where p.sent_at <= clock_timestamp() - interval '900 milliseconds'
  returning p.changed_to into changed_from;
  if changed_from is null then
    return 0;
  end if;
  select max(q.changed_at) into newest from public.quotes q where q.changed_at > changed_from;
  if newest is null then
    return 0;
  end if;
  delete from public.quote_interest i where i.expires_at <= clock_timestamp();
  for m in
    select v.user_id, jsonb_agg(case when v.wants_book then v.quote else v.quote - 'book' end order by v.stock_code) as quotes
    from (
      -- A person's own feed before a shared one.
      select distinct on (i.user_id, i.stock_code) i.user_id, i.stock_code, i.wants_book, to_jsonb(q) as quote
      from public.quote_interest i
      join public.quotes q on q.stock_code = i.stock_code and q.changed_at > changed_from and q.changed_at <= newest
      left join public.broker_accounts a on a.id::text = q.feed
      left join public.market_feeds f on f.broker_account_id = a.id
      where q.feed = 'shared' or a.user_id = i.user_id or f.scope = 'shared'
      order by i.user_id, i.stock_code, (a.user_id is not distinct from i.user_id) desc, q.heard_at desc
    ) v
    group by v.user_id
  loop
    perform private.tell(m.user_id, 'quotes', 'quotes', jsonb_build_object('quotes', m.quotes, 'at', clock_timestamp()));
    sent := sent + 1;
  end loop;
  update private.quote_publication set changed_to = newest;
  return sent;
end
$$;
comment on function public.publish_quotes is 'Sends each person who looks one message with the quotes changed since the last call; at most once a second. Returns how many were sent.';

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
revoke all on function public.watch_quotes, public.publish_quotes from public, anon, authenticated, service_role;
grant execute on function public.watch_quotes to authenticated;
grant execute on function public.publish_quotes to narae_market;
