-- Who may send for an account, and the durable record that is written before the socket (ORDERS §1.2, §1.3). For narae_trading.

create function public.renew_instance(p_id uuid) returns timestamptz
language sql volatile security definer set search_path = ''
as $$
  insert into public.trading_instances as t (id, expires_at) values (p_id, clock_timestamp() + interval '6 seconds')
  on conflict (id) do update set expires_at = excluded.expires_at
  returning t.expires_at
$$;
comment on function public.renew_instance is 'A trading process says that it lives; called every 2 s, it counts as dead 6 s after the last call.';

create function public.take_leases(p_instance uuid)
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
    where a.is_active and jsonb_typeof(a.encrypted_credentials) = 'object' -- a legacy text cannot be opened
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
comment on function public.take_leases is 'Takes every active account whose owner is dead or missing (raising its token) and lists all accounts of this instance.';

create function public.drop_instance(p_id uuid) returns void
language sql volatile security definer set search_path = ''
as $$ delete from public.trading_instances where id = p_id $$;
comment on function public.drop_instance is 'A trading process leaves in order: others may take its accounts at once.';

create function public.work_of(p_account_id uuid) returns setof public.real_orders
language sql volatile security definer set search_path = ''
as $$
  select o.*
  from public.real_orders o
  where o.broker_account_id = p_account_id
    and o.order_day is not null -- rows of the owner's earlier system are never work
    and (o.order_status = 'pending' and coalesce(o.send_at, '-infinity') <= clock_timestamp()
      or o.order_status in ('submitting', 'unknown', 'cancel_pending', 'replace_pending')
      or o.order_status in ('accepted', 'partially_filled') and o.cancel_requested_at is not null)
  order by o.created_at, o.id
$$;
comment on function public.work_of is 'The account''s orders that want something done. The row is the work.';

create function public.begin_attempt(p_order_id uuid, p_kind text, p_instance uuid, p_token bigint, p_baseline text[] default '{}') returns bigint
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders;
  attempt public.order_attempts;
begin
  o := private.lock_order(p_order_id);
  insert into public.order_attempts (order_id, attempt_no, kind, instance_id, lease_token, baseline)
  select o.id, 1 + (select count(*) from public.order_attempts x where x.order_id = o.id and x.kind = p_kind), p_kind, i.id, l.token,
    coalesce(p_baseline, '{}')
  from public.account_leases l
  join public.trading_instances i on i.id = l.instance_id and i.expires_at > clock_timestamp()
  where l.account_id = o.broker_account_id and l.instance_id = p_instance and l.token = p_token
    and case p_kind when 'submit' then private.may_submit(o) when 'cancel' then private.may_cancel(o) else false end
  returning * into attempt;
  if attempt.id is null then
    return null;
  end if;
  if p_kind = 'submit' then
    update public.real_orders set submitted_at = clock_timestamp() where id = o.id;
    if o.order_status = 'pending' then
      perform private.move_order(o, 'submitting', 'send_started', 'sender', jsonb_build_object('attempt', attempt.id));
    else
      perform private.note_order(o, 'send_started', 'sender', jsonb_build_object('attempt', attempt.id));
    end if;
  else
    perform private.move_order(o, 'cancel_pending', 'cancel_sent', 'sender', jsonb_build_object('attempt', attempt.id));
  end if;
  return attempt.id;
end
$$;
comment on function public.begin_attempt is 'The permission to write to the socket once, or null. Only the live owner with the current token gets one, no halt may stand, and a submit is never repeated unless every earlier one is proven not processed.';

create function private.may_submit(o public.real_orders) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
  account public.broker_accounts;
  platform public.platform_settings;
  rights public.trading_permissions;
begin
  if o.order_status not in ('pending', 'submitting') or o.cancel_requested_at is not null or o.origin = 'external'
     or coalesce(o.send_at, '-infinity') > clock_timestamp() or coalesce(o.expires_at, 'infinity') <= clock_timestamp() then
    return false;
  end if;
  -- At most once: an attempt without an outcome, or with any but "proven not processed", forbids another one for ever.
  if exists (select 1 from public.order_attempts a where a.order_id = o.id and a.kind = 'submit' and a.outcome is distinct from 'not_processed')
     or o.order_status = 'submitting' and not exists (select 1 from public.order_attempts a where a.order_id = o.id and a.kind = 'submit') then
    return false;
  end if;
  -- Orders without a broker number cannot be told apart at the broker (ORDERS §3.1); a buy also waits for an unknown one beside it (§2).
  if exists (
    select 1 from public.real_orders x
    where x.broker_account_id = o.broker_account_id and x.id <> o.id and x.order_day = o.order_day
      and x.stock_code = o.stock_code and x.order_type = o.order_type
      and x.order_status in ('submitting', 'unknown') and x.broker_order_id is null
      and (x.order_status = 'unknown' and o.is_entry
        or (x.quantity, x.price, x.price_type, x.venue) is not distinct from (o.quantity, o.price, o.price_type, o.venue))
  ) then
    return false;
  end if;
  select * into account from public.broker_accounts where id = o.broker_account_id;
  select * into platform from public.platform_settings;
  select * into rights from public.trading_permissions where user_id = o.user_id;
  return account.is_active and account.environment_verified_at is not null
    and platform.orders_enabled and (o.deployment_id is null or platform.auto_enabled)
    and case when account.is_paper_account then rights.can_paper_trade is true
             else platform.real_enabled and rights.can_real_trade is true and account.verified_at is not null end
    and private.halt_for(o.user_id, account.broker_type, o.deployment_id, o.is_entry) is null;
end
$$;
comment on function private.may_submit is 'Whether an order may go to the broker now; asked in the attempt''s own transaction.';

create function private.may_cancel(o public.real_orders) returns boolean
language sql volatile security definer set search_path = ''
as $$
  select o.order_status in ('accepted', 'partially_filled') and o.cancel_requested_at is not null and o.broker_order_id is not null
    -- One outstanding change: a cancel the broker took, or may have taken, gets 10 s to show before it is asked again.
    and not exists (
      select 1 from public.order_attempts a
      where a.order_id = o.id and a.kind = 'cancel'
        and (a.outcome is null or a.outcome in ('accepted', 'unknown'))
        and a.started_at > clock_timestamp() - interval '10 seconds'
    )
$$;
comment on function private.may_cancel is 'Whether a cancel may be sent now. No halt stands against a cancel.';

create function private.hold(o public.real_orders) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  instrument public.instruments;
  fee numeric;
  unit numeric := 0;
  rest bigint := greatest(o.quantity - o.cum_quantity - o.cancelled_quantity, 0);
begin
  if o.order_type = 'buy' then
    select * into instrument from public.instruments where stock_code = o.stock_code;
    unit := coalesce(private.unit_price(instrument, o.price_type, o.price, o.order_day), o.price, 0);
  end if;
  select a.commission_rate_krx into fee from public.broker_accounts a where a.id = o.broker_account_id;
  insert into public.reservations as r (order_id, user_id, broker_account_id, stock_code, side, unit_price, amount, quantity)
  values (o.id, o.user_id, o.broker_account_id, o.stock_code, o.order_type, unit, private.cost_of(rest, unit, fee), rest)
  on conflict (order_id) do update set quantity = rest, amount = private.cost_of(rest, r.unit_price, fee);
end
$$;
comment on function private.hold is 'Makes the reservation fit the unfilled shares.';

-- The positions page shows what working sales hold back.
create function private.sync_reserved() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  r public.reservations;
begin
  if tg_op = 'DELETE' then r := old; else r := new; end if;
  if r.side = 'sell' then
    update public.real_positions p
    set reserved_quantity = coalesce((select sum(x.quantity) from public.reservations x
                                      where x.broker_account_id = r.broker_account_id and x.stock_code = r.stock_code and x.side = 'sell'), 0),
        version = p.version + 1, updated_at = clock_timestamp()
    where p.broker_account_id = r.broker_account_id and p.stock_code = r.stock_code;
  end if;
  return null;
end
$$;
comment on function private.sync_reserved is 'Trigger: keeps real_positions.reserved_quantity equal to the sum of its sales'' reservations.';
create trigger reservations_sync after insert or update or delete on public.reservations
  for each row execute function private.sync_reserved();

create function private.working_status(o public.real_orders) returns text
language sql immutable set search_path = ''
as $$ select case when o.cum_quantity > 0 then 'partially_filled' else 'accepted' end $$;
comment on function private.working_status is 'What an order at work is called.';

create function private.take_number(o public.real_orders, p_broker_order_id text, p_branch text, p_source text, p_is_seen_working boolean)
returns public.real_orders
language plpgsql volatile security definer set search_path = ''
as $$
declare
  facts jsonb := jsonb_build_object('broker_order_id', p_broker_order_id);
begin
  if coalesce(p_broker_order_id, '') = '' then
    perform private.refuse('invalid_input', 'A broker order number is missing.');
  end if;
  if o.broker_order_id is not null and o.broker_order_id <> p_broker_order_id then
    perform private.page(o, 'other_broker_order', p_source, facts);
    return o;
  end if;
  if exists (select 1 from public.real_orders x where x.broker_account_id = o.broker_account_id and x.order_day = o.order_day
             and x.broker_order_id = p_broker_order_id and x.id <> o.id) then
    perform private.page(o, 'broker_number_taken', p_source, facts);
    return private.to_unknown(o, p_source, facts); -- a person settles it
  end if;
  if o.order_status in ('pending', 'denied') or o.order_status = 'rejected' and o.broker_code is distinct from 'NOT_FOUND' then
    perform private.page(o, 'number_of_unsent_order', p_source, facts);
    return o;
  end if;
  update public.real_orders
  set broker_order_id = p_broker_order_id, broker_branch = coalesce(p_branch, broker_branch), candidates = '[]',
      acknowledged_at = coalesce(acknowledged_at, clock_timestamp())
  where id = o.id returning * into o;
  if o.order_status in ('submitting', 'unknown') then
    o := private.move_order(o, private.working_status(o), 'accepted', p_source, facts);
  elsif o.order_status = 'rejected' or p_is_seen_working and o.order_status in ('cancelled', 'expired', 'replaced') then
    update public.real_orders set cancelled_quantity = 0 where id = o.id; -- all its rest works again
    o := private.move_order(o, private.working_status(o), 'seen_working', p_source, facts);
    perform private.hold(o);
  else
    perform private.note_order(o, 'accepted', p_source, facts); -- a fill or a cancel overtook the answer; it only tells the number
  end if;
  if o.cancel_requested_at is not null then
    perform private.wake_account(o.broker_account_id);
  end if;
  return o;
end
$$;
comment on function private.take_number is 'The broker''s number of an order became known.';

create function public.finish_attempt(p_attempt_id bigint, p_outcome text, p_code text default null, p_message text default null,
  p_broker_order_id text default null, p_branch text default null) returns public.real_orders
language plpgsql volatile security definer set search_path = ''
as $$
declare
  attempt public.order_attempts;
  o public.real_orders;
  facts jsonb := jsonb_build_object('attempt', p_attempt_id, 'code', p_code);
begin
  select * into attempt from public.order_attempts where id = p_attempt_id;
  if attempt.id is null or p_outcome is null or p_outcome not in ('accepted', 'rejected', 'not_processed', 'unknown') then
    perform private.refuse('invalid_input', 'No such attempt, or an unknown outcome.');
  end if;
  o := private.lock_order(attempt.order_id);
  select * into attempt from public.order_attempts where id = p_attempt_id for update;
  if attempt.outcome is not null and (attempt.outcome <> 'unknown' or p_outcome = 'unknown') then
    return o; -- said before; the first definite answer stands
  end if;
  update public.order_attempts
  set outcome = p_outcome, outcome_code = p_code, outcome_message = left(p_message, 500), finished_at = clock_timestamp()
  where id = p_attempt_id;
  if p_outcome in ('rejected', 'not_processed') then
    update public.real_orders set broker_code = p_code, broker_message = left(p_message, 500)
    where id = o.id and (attempt.kind <> 'submit' or order_status in ('submitting', 'unknown')) returning * into o;
    if o.id is null then
      select * into o from public.real_orders where id = attempt.order_id;
    end if;
  end if;

  if attempt.kind = 'submit' then
    if p_outcome = 'accepted' then
      return private.take_number(o, p_broker_order_id, p_branch, 'sender', false);
    elsif p_outcome = 'unknown' then
      return private.to_unknown(o, 'sender', facts);
    elsif o.order_status not in ('submitting', 'unknown') then
      perform private.page(o, 'late_refusal', 'sender', facts);
    elsif p_outcome = 'rejected' or o.order_status = 'unknown' then
      return private.move_order(o, 'rejected', 'rejected', 'sender', facts); -- an unknown order is never sent again, so not_processed ends it
    else
      perform private.note_order(o, 'not_processed', 'sender', facts); -- stays submitting: a new attempt is allowed
    end if;
    return o;
  end if;

  if o.order_status not in ('cancel_pending', 'replace_pending') then
    perform private.note_order(o, 'change_' || p_outcome, 'sender', facts);
  elsif p_outcome = 'accepted' then
    update public.real_orders set outcome_unknown = false where id = o.id returning * into o;
    perform private.note_order(o, 'change_accepted', 'sender', facts); -- the end comes with notices and inquiries
  elsif p_outcome = 'unknown' then
    return private.to_unknown(o, 'sender', facts);
  elsif p_outcome = 'rejected' then
    update public.real_orders set cancel_requested_at = null where id = o.id;
    return private.move_order(o, private.working_status(o), 'change_refused', 'sender', facts);
  else
    return private.move_order(o, private.working_status(o), 'change_not_processed', 'sender', facts); -- the wish stays: it may be sent again
  end if;
  return o;
end
$$;
comment on function public.finish_attempt is 'What the broker answered. Late answers settle unknown orders; a fill may have overtaken the acceptance.';

create function private.to_unknown(o public.real_orders, p_source text, p_payload jsonb) returns public.real_orders
language plpgsql volatile security definer set search_path = ''
as $$
begin
  if o.order_status = 'submitting' then
    return private.move_order(o, 'unknown', 'outcome_unknown', p_source, p_payload);
  elsif o.order_status in ('cancel_pending', 'replace_pending') and not o.outcome_unknown then
    update public.real_orders set outcome_unknown = true where id = o.id returning * into o;
    perform private.note_order(o, 'outcome_unknown', p_source, p_payload);
  end if;
  return o;
end
$$;
comment on function private.to_unknown is 'Nobody answered: a sent order is unknown, a sent change is marked so.';

create function public.mark_unknown(p_order_id uuid, p_cause text) returns public.real_orders
language plpgsql volatile security definer set search_path = ''
as $$
begin
  return private.to_unknown(private.lock_order(p_order_id), 'sender', jsonb_build_object('cause', left(p_cause, 200)));
end
$$;
comment on function public.mark_unknown is 'The answer is late or the sender died after it began. The attempt stays open: a late answer still settles it.';

create function public.adopt_broker_order(p_order_id uuid, p_broker_order_id text, p_branch text, p_evidence jsonb default '{}') returns public.real_orders
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders := private.lock_order(p_order_id);
begin
  perform private.note_order(o, 'evidence', 'reconciler', coalesce(p_evidence, '{}'));
  return private.take_number(o, p_broker_order_id, p_branch, 'reconciler', true);
end
$$;
comment on function public.adopt_broker_order is 'The broker''s list shows this order at work under a number. Re-opens one we believed ended.';

create function public.set_candidates(p_order_id uuid, p_candidates jsonb) returns public.real_orders
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders := private.lock_order(p_order_id);
begin
  if o.order_status = 'unknown' and o.candidates is distinct from p_candidates and jsonb_typeof(p_candidates) = 'array' then
    update public.real_orders set candidates = p_candidates where id = o.id returning * into o;
    perform private.note_order(o, 'candidates', 'reconciler', jsonb_build_object('candidates', p_candidates));
    if jsonb_array_length(p_candidates) > 1 then
      perform private.notify_person(o.user_id, 'order_ambiguous', 'critical', jsonb_build_object('order_id', o.id));
    end if;
  end if;
  return o;
end
$$;
comment on function public.set_candidates is 'Several broker orders could be this one: a person decides (resolve_unknown).';

create function public.deny_order(p_order_id uuid, p_code text, p_numbers jsonb default '{}') returns public.real_orders
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders := private.lock_order(p_order_id);
begin
  if o.order_status <> 'pending' then
    return o;
  end if;
  update public.real_orders set denial_code = p_code, denial = private.denial(p_code, coalesce(p_numbers, '{}')) where id = o.id returning * into o;
  return private.move_order(o, 'denied', 'denied', 'risk', o.denial);
end
$$;
comment on function public.deny_order is 'The trading service''s layer of the gate refuses a pending order. Anything already sent is left as it is.';

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin() to authenticated;
revoke all on function public.renew_instance, public.take_leases, public.drop_instance, public.work_of, public.begin_attempt,
  public.finish_attempt, public.mark_unknown, public.adopt_broker_order, public.set_candidates, public.deny_order
  from public, anon, authenticated, service_role;
grant execute on function public.renew_instance, public.take_leases, public.drop_instance, public.work_of, public.begin_attempt,
  public.finish_attempt, public.mark_unknown, public.adopt_broker_order, public.set_candidates, public.deny_order
  to narae_trading;
