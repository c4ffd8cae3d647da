-- Small things the functions below share: how a refusal is told, who asks, what day it is in Seoul, how a job is put in the queue.

do $$
begin
  if to_regclass('graphile_worker.jobs') is null then
    raise exception 'The job tables (schema graphile_worker) are missing: install them first with `npm run db:deploy`';
  end if;
end
$$;

-- PostgREST turns this into `status` with {code, message, details}; Supabase Lite does the same.
create function private.refuse(p_code text, p_message text, p_status integer default 422, p_details jsonb default null) returns void
language plpgsql set search_path = ''
as $$
begin
  raise sqlstate 'PGRST' using
    message = jsonb_build_object('code', p_code, 'message', p_message, 'details', p_details::text, 'hint', null)::text,
    detail  = jsonb_build_object('status', p_status, 'headers', '{}'::jsonb)::text;
end
$$;
comment on function private.refuse is 'Ends the request with a named refusal and an HTTP status.';

create function private.require_user() returns uuid
language plpgsql stable set search_path = ''
as $$
begin
  if auth.uid() is null then
    perform private.refuse('unauthenticated', 'Sign in first.', 401);
  end if;
  return auth.uid();
end
$$;
comment on function private.require_user is 'The signed-in person, or 401.';

-- Definer rights: policies of every table ask this, and profiles has a policy of its own.
create function private.is_admin() returns boolean
language sql stable security definer set search_path = ''
as $$
  select coalesce((select p.is_admin from public.profiles p where p.user_id = (select auth.uid())), false)
$$;
comment on function private.is_admin is 'True when the signed-in person is an administrator.';

create function private.require_admin() returns uuid
language plpgsql stable set search_path = ''
as $$
begin
  perform private.require_user();
  if not private.is_admin() then
    perform private.refuse('forbidden', 'Only an administrator may do this.', 403);
  end if;
  return auth.uid();
end
$$;
comment on function private.require_admin is 'The signed-in administrator, or 401/403.';

create function private.seoul_day() returns date
language sql volatile set search_path = ''
as $$ select (clock_timestamp() at time zone 'Asia/Seoul')::date $$;
comment on function private.seoul_day is 'Today in Seoul.';

create function private.broker_of(p_broker_type text) returns text
language sql immutable set search_path = ''
as $$ select case p_broker_type when 'ebest' then 'ls' else p_broker_type end $$;
comment on function private.broker_of is 'The broker behind a stored word: ebest is the old name of ls.';

create function private.exact(p_number numeric) returns numeric
language sql immutable set search_path = ''
as $$ select case when abs(p_number) <= 9007199254740991 then trim_scale(p_number) end $$;
comment on function private.exact is 'The number if JSON readers can hold it exactly (2^53 − 1), else null. NaN and infinities are null.';

create function private.uuid_of(p_text text) returns uuid
language sql immutable set search_path = ''
as $$ select left(encode(extensions.digest(p_text, 'sha256'), 'hex'), 32)::uuid $$;
comment on function private.uuid_of is 'A uuid derived from a text: the same text gives the same uuid, so a replay finds the row it made before.';

create function private.enqueue(p_task text, p_payload jsonb, p_job_key text, p_max_attempts integer) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform graphile_worker.add_job(p_task, p_payload::json, job_key => p_job_key, max_attempts => p_max_attempts);
end
$$;
comment on function private.enqueue is 'Adds a job in the caller''s transaction. Definer: people have no rights on the job tables.';

create function private.wake_account(p_account_id uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.enqueue('wake-account', jsonb_build_object('accountId', p_account_id), 'wake:' || p_account_id, 3);
  perform pg_notify('wake_account', p_account_id::text);
end
$$;
comment on function private.wake_account is 'Tells the owner of an account to look at its orders at commit. Lost or doubled wake-ups change nothing: the row is the work.';

create function private.audit(p_action text, p_subject_id text, p_detail jsonb default '{}') returns void
language sql security definer set search_path = ''
as $$ insert into public.audit_log (actor_id, action, subject_id, detail) values (auth.uid(), p_action, p_subject_id, p_detail) $$;
comment on function private.audit is 'One line of the audit log: ids and numbers only.';

create function private.notify_person(p_user_id uuid, p_kind text, p_severity text, p_payload jsonb) returns void
language sql security definer set search_path = ''
as $$ insert into public.notifications (user_id, kind, severity, payload) values (p_user_id, p_kind, p_severity, p_payload) $$;
comment on function private.notify_person is 'A notification; the sentence is rendered from kind and payload in the reader''s language.';

-- Append only, also for the owner of the tables.
create function private.refuse_change() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise exception '% is append only', tg_table_name using errcode = 'restrict_violation';
end
$$;
comment on function private.refuse_change is 'Trigger: rows of this table are never changed or deleted.';
create trigger audit_log_append_only before update or delete or truncate on public.audit_log
  for each statement execute function private.refuse_change();

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin() to authenticated;
