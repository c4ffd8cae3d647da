-- Which data sets the market data volume holds, so that a person can choose one for a back-test.
create table public.datasets (
  name        text primary key,
  from_day    date not null,
  to_day      date not null,
  symbols     integer not null,
  bars        bigint not null,
  is_adjusted boolean not null,
  is_intraday boolean not null,
  data_hash   text not null,
  updated_at  timestamptz not null default now(),
  constraint datasets_name_shape check (name ~ '^[a-z0-9][a-z0-9-]{0,39}$')
);
comment on table public.datasets is 'Data sets a back-test can run on; workers publish what their volume holds. data_hash identifies the bars whatever files hold them.';
alter table public.datasets enable row level security;
create policy datasets_select_all on public.datasets for select to authenticated using (true);
comment on policy datasets_select_all on public.datasets is 'Every signed-in person sees which data can be tested on.';
create policy datasets_worker on public.datasets for all to narae_worker using (true) with check (true);
comment on policy datasets_worker on public.datasets is 'Workers publish what their volume holds.';
grant select on public.datasets to authenticated;
grant select, insert, update, delete on public.datasets to narae_worker;
