-- Private broadcast under hosted's names and signatures, so that migrations and policies run unchanged there. Only what we use:
-- messages, topic(), send(), broadcast_changes(). Delivery is an insert trigger that NOTIFYs the row's id to our Realtime server.

create schema if not exists realtime;
grant usage on schema realtime to anon, authenticated, service_role;

create table if not exists realtime.messages (
  id          uuid not null default gen_random_uuid(),
  topic       text not null,
  extension   text not null,
  payload     jsonb,
  event       text,
  private     boolean default false,
  updated_at  timestamp not null default now(),
  inserted_at timestamp not null default now(),
  primary key (id, inserted_at)
);
create index if not exists messages_inserted_at on realtime.messages (inserted_at);
alter table realtime.messages enable row level security;
-- The policies decide; the grants only open the way to them.
grant select, insert, update on realtime.messages to anon, authenticated, service_role;

-- The channel the current request is about; what policies on realtime.messages compare with.
create or replace function realtime.topic() returns text
language sql stable
as $$ select nullif(current_setting('realtime.topic', true), '') $$;

-- Broadcasts from the database. As on hosted, a failure is a warning only: telling a screen must never undo a trade.
create or replace function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
language plpgsql
as $$
declare
  message_id uuid := gen_random_uuid();
begin
  if jsonb_typeof(payload) = 'object' and not payload ? 'id' then
    payload := payload || jsonb_build_object('id', message_id);
  end if;
  perform set_config('realtime.topic', topic, true);
  insert into realtime.messages (id, topic, extension, payload, event, private)
  values (message_id, topic, 'broadcast', payload, event, private);
exception when others then
  raise warning 'realtime.send failed: %', sqlerrm;
end
$$;

-- For triggers: broadcasts a changed row with what it was before.
create or replace function realtime.broadcast_changes(
  topic_name text, event_name text, operation text, table_name text, table_schema text, new record, old record, level text default 'ROW'
) returns void
language plpgsql
as $$
begin
  if level = 'STATEMENT' then
    raise exception 'function can only be triggered for each row, not for each statement';
  end if;
  perform realtime.send(
    jsonb_build_object('old_record', to_jsonb(old), 'record', to_jsonb(new), 'operation', operation, 'table', table_name, 'schema', table_schema),
    event_name, topic_name
  );
end
$$;

grant execute on all functions in schema realtime to anon, authenticated, service_role,
  narae_trading, narae_market, narae_scheduler, narae_gateway, narae_worker;
grant usage on schema realtime to narae_trading, narae_market, narae_scheduler, narae_gateway, narae_worker;

-- Only rows with an event are messages; the rows a permission check writes and rolls back have none.
create or replace function realtime.announce_message() returns trigger
language plpgsql
as $$
begin
  perform pg_notify('realtime_messages', new.id::text);
  return null;
end
$$;
create or replace trigger announce_message
  after insert on realtime.messages
  for each row when (new.event is not null) execute function realtime.announce_message();
