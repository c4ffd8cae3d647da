-- Sign-up by invitation: an administrator names an e-mail address, and whoever proves to own it begins with the rights an open installation
-- gives. Everybody else who signs up waits for an administrator, as under `approval`.

create table public.invitations (
  email       text primary key,
  id          uuid not null unique default gen_random_uuid(),
  invited_by  uuid references auth.users (id) on delete set null,
  created_at  timestamptz not null default clock_timestamp(),
  expires_at  timestamptz not null default clock_timestamp() + interval '14 days',
  accepted_at timestamptz,
  constraint invitations_email_lower check (email = lower(email) and char_length(email) between 3 and 254)
);
comment on table public.invitations is 'Addresses an administrator has invited; each opens paper trading once, to the person who confirms it.';
comment on column public.invitations.id is 'Names it in the audit log, which keeps no addresses.';
comment on column public.invitations.accepted_at is 'When somebody confirmed this address; null while it waits.';
alter table public.invitations enable row level security;
revoke all on public.invitations from public, anon, authenticated, service_role;
grant select on public.invitations to authenticated;
create policy invitations_select_admin on public.invitations for select to authenticated using ((select private.is_admin()));
comment on policy invitations_select_admin on public.invitations is 'Only administrators read who is invited.';

create function private.accept_invitation() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.invitations set accepted_at = clock_timestamp()
  where email = lower(new.email) and accepted_at is null and expires_at > clock_timestamp();
  if found then
    update public.trading_permissions set can_paper_trade = true, updated_at = clock_timestamp() where user_id = new.id;
    perform private.audit('invitation.accept', new.id::text);
  end if;
  return null;
end
$$;
comment on function private.accept_invitation is 'Trigger on auth.users: who confirms an invited address may trade on paper. Before that nobody has shown that the address is theirs.';
-- By name after narae_welcome, which makes the row of rights.
create trigger narae_welcome_invited after insert on auth.users for each row
  when (new.email_confirmed_at is not null) execute function private.accept_invitation();
create trigger narae_welcome_confirmed after update of email_confirmed_at on auth.users for each row
  when (old.email_confirmed_at is null and new.email_confirmed_at is not null) execute function private.accept_invitation();

create function public.invite_person(p_email text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  address text := lower(trim(coalesce(p_email, '')));
  i public.invitations;
begin
  perform private.require_admin();
  if address !~ '^[^[:space:]@]+@[^[:space:]@]+$' or char_length(address) > 254 then
    perform private.refuse('invalid_input', 'An e-mail address is needed, such as name@example.com.');
  end if;
  if exists (select 1 from auth.users u where lower(u.email) = address) then
    perform private.refuse('already_signed_up', 'Somebody has signed up with this address. Give them rights under People.', 409);
  end if;
  insert into public.invitations as x (email, invited_by) values (address, auth.uid())
  on conflict (email) do update
    set invited_by = excluded.invited_by, created_at = excluded.created_at, expires_at = excluded.expires_at, accepted_at = null
  returning * into i;
  perform private.audit('invitation.send', i.id::text);
  return to_jsonb(i);
end
$$;
comment on function public.invite_person is 'Invites an address for 14 days, or anew. Sends no mail. Audited.';

create function public.withdraw_invitation(p_email text) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  i public.invitations;
begin
  perform private.require_admin();
  delete from public.invitations where email = lower(trim(p_email)) and accepted_at is null returning * into i;
  if i.id is null then
    perform private.refuse('invitation_not_found', 'There is no open invitation for this address.', 404);
  end if;
  perform private.audit('invitation.withdraw', i.id::text);
end
$$;
comment on function public.withdraw_invitation is 'Takes back an invitation nobody has accepted. Audited.';

comment on function private.welcome is 'Trigger on sign-up: profile and permission row by the sign-up policy (closed, invite, approval, open). Invitations are accepted by private.accept_invitation.';

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
revoke all on function public.invite_person, public.withdraw_invitation from public, anon, authenticated, service_role;
grant execute on function public.invite_person, public.withdraw_invitation to authenticated;
