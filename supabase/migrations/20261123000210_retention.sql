-- How long rows are kept, in one table, and the nightly function that keeps to it (DESIGN §4).

create table public.retention_rules (
  name      text primary key,
  keep_days integer,
  constraint retention_rules_days_positive check (keep_days > 0)
);
comment on table public.retention_rules is 'How many days rows are kept; null is for ever. The operator may change the days.';
insert into public.retention_rules (name, keep_days) values
  ('runs_with_signals', 400), ('runs_without_signals', 7), ('heartbeats', 7), ('notifications', 180), ('quote_interest', 1),
  -- Nobody can pin a result yet, so none is thrown away.
  ('backtests', null),
  ('orders', null), ('executions', null), ('order_events', null), ('audit_log', null), ('cash_flows', null), ('reconciliations', null);
alter table public.retention_rules enable row level security;
revoke all on public.retention_rules from public, anon, authenticated, service_role;
grant select on public.retention_rules to authenticated, service_role;
create policy retention_rules_select_signed_in on public.retention_rules for select to authenticated using (true);
comment on policy retention_rules_select_signed_in on public.retention_rules is 'Every signed-in person may read this.';

create function public.apply_retention() returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  rule public.retention_rules;
  gone bigint;
  counts jsonb := '{}';
begin
  for rule in select * from public.retention_rules where keep_days is not null order by name loop
    case rule.name
      when 'runs_with_signals' then
        delete from public.strategy_runs where jsonb_array_length(decisions) > 0 and started_at < clock_timestamp() - make_interval(days => rule.keep_days);
      when 'runs_without_signals' then
        delete from public.strategy_runs where jsonb_array_length(decisions) = 0 and started_at < clock_timestamp() - make_interval(days => rule.keep_days);
      when 'heartbeats' then
        delete from public.service_heartbeats where beat_at < clock_timestamp() - make_interval(days => rule.keep_days);
      when 'notifications' then
        delete from public.notifications where created_at < clock_timestamp() - make_interval(days => rule.keep_days);
      when 'quote_interest' then
        delete from public.quote_interest where expires_at < clock_timestamp() - make_interval(days => rule.keep_days);
      else
        raise exception 'rows of "%" are kept for ever; there is no rule that removes them', rule.name using errcode = 'restrict_violation';
    end case;
    get diagnostics gone = row_count;
    counts := counts || jsonb_build_object(rule.name, gone);
  end loop;
  return counts;
end
$$;
comment on function public.apply_retention is 'Removes what is older than retention_rules allow; returns how many rows by rule. Runs each night.';
revoke all on function public.apply_retention from public, anon, authenticated, service_role;
grant execute on function public.apply_retention to narae_scheduler;
