-- Administrators: people and their rights, the platform's switches, shared feeds. And every service's heartbeat.

create function public.admin_users()
returns table (user_id uuid, email text, display_name text, is_admin boolean, created_at timestamptz, last_sign_in_at timestamptz,
  can_paper_trade boolean, can_real_trade boolean, daily_trade_limit numeric, max_position_size numeric, daily_order_limit integer,
  limits_expire_at timestamptz, open_request jsonb)
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_admin();
  return query
    select u.id, u.email::text, p.display_name, coalesce(p.is_admin, false), coalesce(p.created_at, u.created_at),
      (to_jsonb(u) ->> 'last_sign_in_at')::timestamptz, coalesce(t.can_paper_trade, false), coalesce(t.can_real_trade, false),
      t.daily_trade_limit, t.max_position_size, t.daily_order_limit, t.limits_expire_at,
      (select to_jsonb(r) from public.permission_requests r where r.user_id = u.id and r.state = 'open' order by r.created_at desc limit 1)
    from auth.users u
    left join public.profiles p on p.user_id = u.id
    left join public.trading_permissions t on t.user_id = u.id
    order by u.email;
end
$$;
comment on function public.admin_users is 'Everybody with what they may do and what they ask for.';

create function public.set_trading_permission(p_user_id uuid, p_can_paper boolean, p_can_real boolean, p_daily_trade_limit numeric,
  p_max_position_size numeric, p_daily_order_limit integer, p_limits_expire_at timestamptz) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  before public.trading_permissions;
  t public.trading_permissions;
begin
  perform private.require_admin();
  if p_can_paper is null or p_can_real is null or p_daily_order_limit is null or p_daily_order_limit not between 0 and 100000
     or not coalesce(p_daily_trade_limit, 0) between 0 and 9007199254740991 or not coalesce(p_max_position_size, 0) between 0 and 9007199254740991
     or p_daily_trade_limit <> trunc(p_daily_trade_limit) or p_max_position_size <> trunc(p_max_position_size) then
    perform private.refuse('invalid_input', 'Limits are whole won from 0 to 2^53 − 1 (empty: nothing may be bought); orders a day from 0 to 100,000.');
  end if;
  if not exists (select 1 from auth.users u where u.id = p_user_id) then
    perform private.refuse('user_not_found', 'There is no such person.', 404);
  end if;
  insert into public.trading_permissions (user_id) values (p_user_id) on conflict do nothing;
  select * into before from public.trading_permissions where user_id = p_user_id for update;
  -- Four eyes: where there are two administrators, nobody raises their own rights. Lowering is instant.
  if p_user_id = auth.uid() and (select count(*) from public.profiles where is_admin) >= 2
     and (p_can_paper and not before.can_paper_trade or p_can_real and not before.can_real_trade
       or coalesce(p_daily_trade_limit, 0) > coalesce(before.daily_trade_limit, 0)
       or coalesce(p_max_position_size, 0) > coalesce(before.max_position_size, 0)
       or p_daily_order_limit > before.daily_order_limit
       or coalesce(p_limits_expire_at, 'infinity') > coalesce(before.limits_expire_at, 'infinity')) then
    perform private.refuse('four_eyes', 'Another administrator must raise your own rights.', 403);
  end if;
  if p_can_real and not before.can_real_trade and not (select s.members_allowed from public.platform_settings s)
     and not coalesce((select p.is_admin from public.profiles p where p.user_id = p_user_id), false) then
    perform private.refuse('members_not_allowed', 'Until members are allowed on this installation, only administrators can be given real trading.');
  end if;
  update public.trading_permissions
  set can_paper_trade = p_can_paper, can_real_trade = p_can_real, daily_trade_limit = p_daily_trade_limit, max_position_size = p_max_position_size,
      daily_order_limit = p_daily_order_limit, limits_expire_at = p_limits_expire_at, approved_by = auth.uid(), approved_at = clock_timestamp(),
      updated_at = clock_timestamp()
  where user_id = p_user_id
  returning * into t;
  perform private.audit('permission.set', p_user_id::text, jsonb_build_object('before', private.rights_of(before), 'after', private.rights_of(t)));
  return to_jsonb(t);
end
$$;
comment on function public.set_trading_permission is 'Rights and limits of a person. Audited; nobody raises their own where there are two administrators.';

create function private.rights_of(t public.trading_permissions) returns jsonb
language sql immutable set search_path = ''
as $$
  select jsonb_build_object('can_paper_trade', t.can_paper_trade, 'can_real_trade', t.can_real_trade, 'daily_trade_limit', t.daily_trade_limit,
    'max_position_size', t.max_position_size, 'daily_order_limit', t.daily_order_limit, 'limits_expire_at', t.limits_expire_at)
$$;
comment on function private.rights_of is 'The figures of a permission row, for the audit log.';

create function public.set_platform_settings(p_patch jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  before public.platform_settings;
  s public.platform_settings;
  entry record;
begin
  perform private.require_admin();
  if jsonb_typeof(p_patch) is distinct from 'object' or p_patch = '{}' then
    perform private.refuse('invalid_input', 'Say which switch to change.');
  end if;
  for entry in select * from jsonb_each(p_patch) loop
    if not (entry.key in ('orders_enabled', 'auto_enabled', 'real_enabled', 'members_allowed') and jsonb_typeof(entry.value) = 'boolean'
         or entry.key = 'signup_policy' and entry.value #>> '{}' in ('closed', 'invite', 'approval', 'open')) then
      perform private.refuse('invalid_input', 'There is no such switch, or not this value for it.', 422, jsonb_build_object('key', left(entry.key, 60)));
    end if;
  end loop;
  select * into before from public.platform_settings for update;
  update public.platform_settings
  set orders_enabled  = coalesce((p_patch ->> 'orders_enabled')::boolean, orders_enabled),
      auto_enabled    = coalesce((p_patch ->> 'auto_enabled')::boolean, auto_enabled),
      real_enabled    = coalesce((p_patch ->> 'real_enabled')::boolean, real_enabled),
      members_allowed = coalesce((p_patch ->> 'members_allowed')::boolean, members_allowed),
      signup_policy   = coalesce(p_patch ->> 'signup_policy', signup_policy),
      version = version + 1, updated_at = clock_timestamp(), updated_by = auth.uid()
  returning * into s;
  perform private.audit('settings.set', 'platform', jsonb_build_object('patch', p_patch, 'version', s.version, 'before',
    to_jsonb(before) - array['id', 'updated_at', 'updated_by']));
  return to_jsonb(s);
end
$$;
comment on function public.set_platform_settings is 'Turns the platform''s switches. Audited.';

create function public.set_feed_scope(p_account_id uuid, p_scope text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  f public.market_feeds;
begin
  perform private.require_admin();
  if p_scope is null or p_scope not in ('private', 'shared') then
    perform private.refuse('invalid_input', 'A feed is private or shared.');
  end if;
  if not exists (select 1 from public.broker_accounts a where a.id = p_account_id) then
    perform private.refuse('account_not_found', 'There is no such account.', 404);
  end if;
  insert into public.market_feeds (broker_account_id, scope) values (p_account_id, p_scope)
  on conflict (broker_account_id) do update set scope = excluded.scope, updated_at = clock_timestamp()
  returning * into f;
  perform private.audit('feed.scope', p_account_id::text, jsonb_build_object('scope', p_scope));
  return to_jsonb(f);
end
$$;
comment on function public.set_feed_scope is 'Shares an account''s quotes with everybody, after the data terms were cleared. Audited.';

create function public.decide_request(p_request_id uuid, p_state text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  r public.permission_requests;
begin
  perform private.require_admin();
  if p_state is null or p_state not in ('granted', 'refused') then
    perform private.refuse('invalid_input', 'A request is granted or refused.');
  end if;
  update public.permission_requests set state = p_state, decided_by = auth.uid(), decided_at = clock_timestamp()
  where id = p_request_id and state = 'open' returning * into r;
  if r.id is null then
    perform private.refuse('request_not_found', 'There is no such open request.', 404);
  end if;
  perform private.audit('request.' || p_state, r.id::text, jsonb_build_object('user_id', r.user_id));
  perform private.notify_person(r.user_id, 'request_' || p_state, 'info', jsonb_build_object('request_id', r.id));
  return to_jsonb(r);
end
$$;
comment on function public.decide_request is 'Answers a permission request. The rights themselves are set with set_trading_permission.';

create function private.set_admin(p_email text, p_is_admin boolean) returns uuid
language plpgsql volatile security definer set search_path = ''
as $$
declare
  person_id uuid := (select u.id from auth.users u where lower(u.email) = lower(p_email));
begin
  if person_id is null then
    raise exception 'nobody is signed up as %', p_email;
  end if;
  insert into public.profiles (user_id, is_admin) values (person_id, p_is_admin) on conflict (user_id) do update set is_admin = excluded.is_admin;
  perform private.audit(case when p_is_admin then 'admin.grant' else 'admin.revoke' end, person_id::text);
  return person_id;
end
$$;
comment on function private.set_admin is 'Makes or unmakes an administrator; for the operator''s command line only.';

create function public.beat(p_service text, p_instance text, p_version text, p_worker_ids text[], p_detail jsonb) returns void
language sql volatile security definer set search_path = ''
as $$
  insert into public.service_heartbeats (service, instance, version, worker_ids, detail)
  values (p_service, p_instance, coalesce(p_version, ''), coalesce(p_worker_ids, '{}'), coalesce(p_detail, '{}'))
  on conflict (service, instance) do update
    set version = excluded.version, worker_ids = excluded.worker_ids, detail = excluded.detail, beat_at = clock_timestamp()
$$;
comment on function public.beat is 'A fleet process says that it lives, every 5 s.';

create function public.wake_account(p_account_id uuid) returns void
language sql volatile security definer set search_path = ''
as $$ select private.wake_account(p_account_id) $$;
comment on function public.wake_account is 'Wakes the trading process of an account.';

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
revoke all on function public.admin_users, public.set_trading_permission, public.set_platform_settings, public.set_feed_scope, public.decide_request,
  public.beat, public.wake_account from public, anon, authenticated, service_role;
grant execute on function public.admin_users, public.set_trading_permission, public.set_platform_settings, public.set_feed_scope, public.decide_request
  to authenticated;
grant execute on function public.beat to narae_trading, narae_market, narae_scheduler, narae_gateway, narae_worker;
grant execute on function public.wake_account to narae_gateway, narae_scheduler;
