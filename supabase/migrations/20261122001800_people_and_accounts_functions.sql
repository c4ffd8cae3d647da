-- A person and their accounts: the profile made at sign-up, sealed credentials, arming, permission requests, halts of one's own.

create function private.welcome() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  policy text := (select s.signup_policy from public.platform_settings s);
  is_invited boolean := to_jsonb(new) ->> 'invited_at' is not null;
begin
  if policy = 'closed' and exists (select 1 from public.profiles) then
    raise exception 'sign-up is closed' using errcode = 'insufficient_privilege';
  end if;
  insert into public.profiles (user_id, display_name) values (new.id, left(coalesce(split_part(new.email, '@', 1), ''), 80)) on conflict do nothing;
  -- Paper trading opens at once for invited people and on open installations; others wait for an administrator. Limits are never given here.
  insert into public.trading_permissions (user_id, can_paper_trade) values (new.id, policy = 'open' or is_invited) on conflict do nothing;
  return new;
end
$$;
comment on function private.welcome is 'Trigger on sign-up: profile and permission row by the sign-up policy (closed, invite, approval, open).';
create trigger narae_welcome after insert on auth.users for each row execute function private.welcome();

-- People who were here before us. Rights of the owner's rows stay as they are.
insert into public.profiles (user_id, display_name)
select u.id, left(coalesce(split_part(u.email, '@', 1), ''), 80) from auth.users u on conflict do nothing;
insert into public.trading_permissions (user_id, can_paper_trade) select u.id, false from auth.users u on conflict do nothing;

create function private.account_view(a public.broker_accounts) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('id', a.id, 'user_id', a.user_id, 'broker_type', a.broker_type, 'label', a.label, 'account_mask', a.account_mask,
    'is_paper_account', a.is_paper_account, 'is_active', a.is_active, 'verified_at', a.verified_at, 'created_at', a.created_at,
    'updated_at', a.updated_at, 'credential_state', a.credential_state, 'credential_message', a.credential_message, 'key_id', a.key_id,
    'commission_rate_krx', a.commission_rate_krx, 'commission_rate_nxt', a.commission_rate_nxt,
    'environment_verified_at', a.environment_verified_at)
$$;
comment on function private.account_view is 'An account as its owner may see it.';

create function private.own_account(p_account_id uuid) returns public.broker_accounts
language plpgsql security definer set search_path = ''
as $$
declare
  a public.broker_accounts;
begin
  perform private.require_user();
  select * into a from public.broker_accounts where id = p_account_id and user_id = auth.uid();
  if a.id is null then
    perform private.refuse('account_not_found', 'The account was not found among yours.', 404);
  end if;
  return a;
end
$$;
comment on function private.own_account is 'The signed-in person''s account, or 404.';

create function private.ask_for_test(p_account_id uuid) returns void
language sql volatile security definer set search_path = ''
as $$ select private.enqueue('test-credentials', jsonb_build_object('accountId', p_account_id), 'test-credentials:' || p_account_id, 3) $$;
comment on function private.ask_for_test is 'Asks the fleet to try the account''s keys at the broker.';

create function public.save_credentials(p_account_id uuid, p_broker_type text, p_label text, p_account_mask text, p_is_paper boolean,
  p_sealed jsonb, p_key_id text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  a public.broker_accounts;
begin
  perform private.require_user();
  if p_account_id is null or p_is_paper is null or p_broker_type is null or p_broker_type not in ('kis', 'ls', 'paper', 'ebest')
     or char_length(coalesce(p_label, '')) > 60 then
    perform private.refuse('invalid_input', 'Account id, broker, paper or real, and a label of at most 60 characters are needed.');
  end if;
  -- The whole number belongs inside the ciphertext: a mask hides most of it.
  if coalesce(p_account_mask, '') !~ '^[0-9*-]{1,30}$' or char_length(regexp_replace(p_account_mask, '[^0-9]', '', 'g')) > 6 then
    perform private.refuse('invalid_input', 'The mask may show at most six digits of the account number, such as 5012****-01.');
  end if;
  if jsonb_typeof(p_sealed) is distinct from 'object' or not p_sealed ?& array['v', 'kid', 'enc', 'ct'] or octet_length(p_sealed::text) > 8192
     or p_sealed ->> 'kid' is distinct from p_key_id then
    perform private.refuse('invalid_input', 'Credentials must come sealed as {v, kid, enc, ct}.');
  end if;
  if not exists (select 1 from public.nas_keys k where k.key_id = p_key_id and k.state in ('active', 'retiring')) then
    perform private.refuse('key_unknown', 'The sealing key is no longer in use. Reload the page and enter the credentials again.');
  end if;
  select * into a from public.broker_accounts where id = p_account_id for update;
  if a.id is not null and a.user_id <> auth.uid() then
    perform private.refuse('account_not_found', 'The account was not found among yours.', 404);
  end if;
  if a.id is null then
    perform pg_advisory_xact_lock(hashtextextended('accounts of ' || auth.uid(), 0));
    if (select count(*) from public.broker_accounts x where x.user_id = auth.uid() and x.is_active) >= 20 then
      perform private.refuse('too_many_accounts', 'You have 20 accounts. Remove one first.');
    end if;
    if (select count(*) from public.broker_accounts x where x.user_id = auth.uid() and x.created_at > clock_timestamp() - interval '1 day') >= 50 then
      perform private.refuse('rate_limited', 'You added 50 accounts in a day. Try again tomorrow.', 429);
    end if;
    insert into public.broker_accounts (id, user_id, broker_type, label, account_mask, is_paper_account, is_active, encrypted_credentials, key_id)
    values (p_account_id, auth.uid(), p_broker_type, coalesce(p_label, ''), p_account_mask, p_is_paper, true, p_sealed, p_key_id)
    returning * into a;
  else
    if a.is_paper_account is distinct from p_is_paper or private.broker_of(a.broker_type) <> private.broker_of(p_broker_type) then
      perform private.refuse('account_kind_fixed', 'An account stays paper or real, and at its broker. Add another account instead.');
    end if;
    -- Another account's list does not show these orders: they would be called absent or over while they work.
    if a.account_mask <> '' and a.account_mask <> p_account_mask and exists (
      select 1 from public.real_orders o
      where o.broker_account_id = a.id and o.order_day is not null and not private.is_final(o.order_status)
    ) then
      perform private.refuse('account_has_orders', 'These keys are for another account number. Cancel the working orders of this account first, or add the other one.');
    end if;
    update public.broker_accounts
    set label = coalesce(p_label, label), account_mask = p_account_mask, encrypted_credentials = p_sealed, key_id = p_key_id, is_active = true,
        credential_state = 'untested', credential_message = '', app_key_tag = null, verified_at = null, environment_verified_at = null,
        updated_at = clock_timestamp()
    where id = a.id
    returning * into a;
  end if;
  perform private.audit('account.save_credentials', a.id::text, jsonb_build_object('broker', a.broker_type, 'is_paper', a.is_paper_account, 'key_id', p_key_id));
  perform private.ask_for_test(a.id);
  return private.account_view(a);
end
$$;
comment on function public.save_credentials is 'Stores sealed credentials; the account is inert until the fleet has tried them. Paper or real is fixed by the first save.';

create function public.test_account(p_account_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  a public.broker_accounts := private.own_account(p_account_id);
begin
  if jsonb_typeof(a.encrypted_credentials) is distinct from 'object' then
    perform private.refuse('credentials_missing', 'Enter this account''s credentials first.');
  end if;
  update public.broker_accounts set credential_state = 'testing', credential_message = '', updated_at = clock_timestamp() where id = a.id returning * into a;
  perform private.ask_for_test(a.id);
  return private.account_view(a);
end
$$;
comment on function public.test_account is 'Asks the fleet to try the keys again.';

create function public.remove_account(p_account_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  a public.broker_accounts := private.own_account(p_account_id);
  working integer;
begin
  perform private.lock_account(a.id);
  select count(*) into working from public.real_orders o
  where o.broker_account_id = a.id and o.order_day is not null and not private.is_final(o.order_status);
  if working > 0 then
    perform private.refuse('account_has_orders', 'Cancel the working orders of this account first.', 422, jsonb_build_object('orders', working));
  end if;
  if exists (select 1 from public.strategy_deployments d where d.broker_account_id = a.id and d.state in ('running', 'paused')) then
    perform private.refuse('account_has_deployments', 'Stop the strategies on this account first.');
  end if;
  update public.broker_accounts set is_active = false, updated_at = clock_timestamp() where id = a.id returning * into a;
  perform private.audit('account.remove', a.id::text);
  return private.account_view(a);
end
$$;
comment on function public.remove_account is 'Takes an account out of use. Its orders and executions are kept.';

create function public.request_permission(p_wanted jsonb, p_reason text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  r public.permission_requests;
begin
  perform private.require_user();
  if jsonb_typeof(p_wanted) is distinct from 'object' or octet_length(p_wanted::text) > 2000 or char_length(coalesce(p_reason, '')) > 500 then
    perform private.refuse('invalid_input', 'Say what you want, and why in at most 500 characters.');
  end if;
  perform 1 from public.trading_permissions where user_id = auth.uid() for update; -- one open request a person
  update public.permission_requests set wanted = p_wanted, reason = coalesce(p_reason, ''), created_at = clock_timestamp()
  where user_id = auth.uid() and state = 'open' returning * into r;
  if r.id is null then
    insert into public.permission_requests (user_id, wanted, reason) values (auth.uid(), p_wanted, coalesce(p_reason, '')) returning * into r;
  end if;
  return to_jsonb(r);
end
$$;
comment on function public.request_permission is 'Asks administrators for rights or limits; a second request replaces the open one.';

create function public.arm_real_trading(p_password text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  session_id text := auth.jwt() ->> 'session_id';
  stored text;
  until timestamptz := clock_timestamp() + interval '30 minutes';
begin
  perform private.require_user();
  if coalesce(session_id, '') = '' then
    perform private.refuse('session_missing', 'Sign in again before unlocking real trading.', 403);
  end if;
  if not coalesce((select t.can_real_trade from public.trading_permissions t where t.user_id = auth.uid()), false) then
    perform private.refuse('permission_missing', 'You may not trade with real money. Ask an administrator.', 403);
  end if;
  perform pg_advisory_xact_lock(hashtextextended('arm ' || auth.uid(), 0));
  -- A wrong password is an answer, not an error: an error would undo the line that counts it.
  if (select count(*) from public.audit_log l where l.action = 'arm.refused' and l.actor_id = auth.uid()
      and l.at > clock_timestamp() - interval '15 minutes') >= 5 then
    return jsonb_build_object('expires_at', null, 'code', 'too_many_attempts');
  end if;
  -- $2b$ and $2y$ are newer names of $2a$; pgcrypto knows the old one.
  select regexp_replace(u.encrypted_password, '^\$2[by]\$', '$2a$') into stored from auth.users u where u.id = auth.uid();
  if coalesce(stored, '') = '' or coalesce(p_password, '') = '' or extensions.crypt(p_password, stored) <> stored then
    perform private.audit('arm.refused', auth.uid()::text);
    return jsonb_build_object('expires_at', null, 'code', 'wrong_password');
  end if;
  delete from public.trading_arms t where t.user_id = auth.uid() and t.expires_at <= clock_timestamp();
  insert into public.trading_arms (user_id, session_id, expires_at) values (auth.uid(), session_id, until)
  on conflict on constraint trading_arms_pkey do update set armed_at = clock_timestamp(), expires_at = excluded.expires_at;
  perform private.audit('arm.granted', auth.uid()::text);
  return jsonb_build_object('expires_at', until);
end
$$;
comment on function public.arm_real_trading is 'Unlocks real orders for this session for 30 minutes after the password was given again. {expires_at} or {expires_at: null, code: wrong_password | too_many_attempts}.';

create function public.set_halt(p_scope text, p_scope_id text, p_level text, p_reason text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  h public.trading_halts;
  is_own boolean;
  before text;
begin
  perform private.require_user();
  if p_scope is null or p_scope not in ('platform', 'broker', 'user', 'strategy') or p_level is null
     or p_level not in ('none', 'pause_entries', 'reduce_only', 'halt') or char_length(coalesce(p_reason, '')) > 500 then
    perform private.refuse('invalid_input', 'Scope, level and a reason of at most 500 characters are needed.');
  end if;
  is_own := p_scope = 'user' and p_scope_id = auth.uid()::text
    or p_scope = 'strategy' and exists (select 1 from public.strategy_deployments d where d.id::text = p_scope_id and d.user_id = auth.uid());
  if not is_own and not private.is_admin() then
    perform private.refuse('forbidden', 'You may halt your own trading and your own strategies.', 403);
  end if;
  if p_scope = 'user' and not exists (select 1 from auth.users u where u.id::text = p_scope_id)
     or p_scope = 'strategy' and not exists (select 1 from public.strategy_deployments d where d.id::text = p_scope_id)
     or p_scope = 'broker' and coalesce(p_scope_id, '') not in ('kis', 'ls', 'paper') then
    perform private.refuse('invalid_input', 'There is nothing to halt under this id.');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('halt ' || p_scope || coalesce(p_scope_id, ''), 0)); -- a row that is being made cannot be locked
  select * into h from public.trading_halts t where t.scope = p_scope and t.scope_id = coalesce(p_scope_id, '') for update;
  before := h.level;
  -- What an administrator has stopped, the person does not start again.
  if not private.is_admin() and private.halt_rank(p_level) < private.halt_rank(coalesce(h.level, 'none'))
     and h.set_by is distinct from auth.uid() then
    perform private.refuse('forbidden', 'An administrator set this halt; only an administrator lifts it.', 403);
  end if;
  if p_level = 'none' and char_length(trim(coalesce(p_reason, ''))) = 0 then
    perform private.refuse('invalid_input', 'Say why trading may go on.');
  end if;
  insert into public.trading_halts as t (scope, scope_id, level, reason, set_by)
  values (p_scope, case when p_scope = 'platform' then '' else p_scope_id end, p_level, coalesce(p_reason, ''), auth.uid())
  on conflict (scope, scope_id) do update
    -- Who adds to an administrator's halt does not become its owner: that would be a way to lift it.
    set level = excluded.level, reason = excluded.reason,
        set_by = case when t.level <> 'none' and t.set_by is distinct from excluded.set_by and not private.is_admin() then t.set_by else excluded.set_by end, version = t.version + 1, updated_at = clock_timestamp()
  returning * into h;
  perform private.audit('halt.set', p_scope || ':' || h.scope_id, jsonb_build_object('level', p_level, 'before', before, 'version', h.version));
  return to_jsonb(h);
end
$$;
comment on function public.set_halt is 'The kill switch. People stop their own trading and strategies, administrators everything. Lifting needs a reason.';

create function public.mark_notifications_read(p_ids uuid[]) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.notifications set read_at = clock_timestamp() where user_id = auth.uid() and id = any (p_ids) and read_at is null
$$;
comment on function public.mark_notifications_read is 'The signed-in person has read these.';

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
revoke all on function public.save_credentials, public.test_account, public.remove_account, public.request_permission, public.arm_real_trading,
  public.set_halt, public.mark_notifications_read from public, anon, authenticated, service_role;
grant execute on function public.save_credentials, public.test_account, public.remove_account, public.request_permission, public.arm_real_trading,
  public.set_halt, public.mark_notifications_read to authenticated;
