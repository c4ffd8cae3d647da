-- Whose shares are whose: what strategies hold of an account's holding, and the rest, bought by hand or elsewhere.
create function public.holding_shares(p_account_id uuid) returns table (stock_code text, quantity bigint, strategies bigint, external bigint)
language plpgsql stable security definer set search_path = ''
as $$
begin
  if not exists (select 1 from public.broker_accounts a where a.id = p_account_id and a.user_id = auth.uid()) then
    perform private.refuse('account_not_found', 'The account was not found among yours.', 404);
  end if;
  return query
    select p.stock_code::text, p.quantity, coalesce(s.quantity, 0)::bigint, private.external_total(p_account_id, p.stock_code)
    from public.real_positions p
    left join (
      select x.stock_code, sum(x.quantity) as quantity
      from public.strategy_positions x join public.strategy_deployments d on d.id = x.deployment_id
      where d.broker_account_id = p_account_id group by x.stock_code
    ) s on s.stock_code = p.stock_code
    where p.broker_account_id = p_account_id and p.quantity > 0
    order by p.stock_code;
end
$$;
comment on function public.holding_shares is 'The caller''s holdings of one account: shares in all, those of strategies together, and the net shares that orders made elsewhere brought. The difference to the strategies'' is the person''s own.';
revoke all on function public.holding_shares from public, anon, authenticated, service_role;
grant execute on function public.holding_shares to authenticated;
