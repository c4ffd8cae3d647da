-- What each figure means and in which unit. A test finds a number column without a comment.

do $$
declare
  c record;
begin
  for c in
    select * from (values
      ('account_balances.cash', 'Won in the account today (예수금).'),
      ('account_balances.cash_d1', 'Won after tomorrow''s settlement.'),
      ('account_balances.cash_d2', 'Won after settlement in two days: the real free cash.'),
      ('account_balances.orderable', 'Won the broker lets be spent without 미수, as of as_of.'),
      ('account_balances.net_assets', 'Won: cash and holdings by the broker''s valuation.'),
      ('backtests.progress', 'Fraction done, 0 to 1.'),
      ('broker_accounts.commission_rate_nxt', 'Fraction of the traded amount on NXT.'),
      ('equity_snapshots.net_assets', 'Won: cash and holdings by the broker''s valuation.'),
      ('executions.amount', 'Won of this increment. 0 while the broker has told a quantity without its amount.'),
      ('instruments.upper_limit', 'Won; highest price of price_day (상한가).'),
      ('instruments.lower_limit', 'Won; lowest price of price_day (하한가).'),
      ('quotes.last_price', 'Won; the latest trade.'),
      ('quotes.change', 'Won against the base price.'),
      ('quotes.change_rate', 'Fraction of the base price.'),
      ('quotes.open', 'Won; first trade of the day, 0 before it.'),
      ('quotes.high', 'Won; highest trade of the day, 0 before the first.'),
      ('quotes.low', 'Won; lowest trade of the day, 0 before the first.'),
      ('quotes.value', 'Won traded today.'),
      ('quotes.best_ask', 'Won; lowest offer, null when there is none.'),
      ('quotes.best_bid', 'Won; highest bid, null when there is none.'),
      ('real_orders.executed_price', 'Won a share, cum_amount ÷ cum_quantity; for display.'),
      ('real_positions.current_price', 'Won; the price at the last fill or holding read. Screens use quotes.'),
      ('real_positions.profit_loss', 'Won: current price × quantity − purchase amount, when last written.'),
      ('real_positions.profit_loss_rate', 'Fraction of the purchase amount, when last written.'),
      ('strategy_deployments.capital', 'Won it may hold in shares and working buys together.'),
      ('strategy_positions.purchase_amount', 'Won paid for the shares still held, at average cost.'),
      ('strategy_positions.realized_pnl', 'Won gained or lost by sales against average cost, before fee and tax.'),
      ('tick_bands.price_from', 'Won; the band begins here, inclusive.'),
      ('tick_bands.tick', 'Won; step of prices in the band.')
    ) as v (name, meaning)
  loop
    execute format('comment on column public.%I.%I is %L', split_part(c.name, '.', 1), split_part(c.name, '.', 2), c.meaning);
  end loop;
end
$$;
