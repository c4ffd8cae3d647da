import enAccounts from '../../messages/en/accounts.json' with { type: 'json' };
import enAdmin from '../../messages/en/admin.json' with { type: 'json' };
import enAuth from '../../messages/en/auth.json' with { type: 'json' };
import enAuto from '../../messages/en/auto.json' with { type: 'json' };
import enBacktests from '../../messages/en/backtests.json' with { type: 'json' };
import enCommon from '../../messages/en/common.json' with { type: 'json' };
import enDashboard from '../../messages/en/dashboard.json' with { type: 'json' };
import enMarket from '../../messages/en/market.json' with { type: 'json' };
import enOrders from '../../messages/en/orders.json' with { type: 'json' };
import enPositions from '../../messages/en/positions.json' with { type: 'json' };
import enReport from '../../messages/en/report.json' with { type: 'json' };
import enSettings from '../../messages/en/settings.json' with { type: 'json' };
import enShell from '../../messages/en/shell.json' with { type: 'json' };
import enStrategies from '../../messages/en/strategies.json' with { type: 'json' };
import enTicket from '../../messages/en/ticket.json' with { type: 'json' };
import koAccounts from '../../messages/ko/accounts.json' with { type: 'json' };
import koAdmin from '../../messages/ko/admin.json' with { type: 'json' };
import koAuth from '../../messages/ko/auth.json' with { type: 'json' };
import koAuto from '../../messages/ko/auto.json' with { type: 'json' };
import koBacktests from '../../messages/ko/backtests.json' with { type: 'json' };
import koCommon from '../../messages/ko/common.json' with { type: 'json' };
import koDashboard from '../../messages/ko/dashboard.json' with { type: 'json' };
import koMarket from '../../messages/ko/market.json' with { type: 'json' };
import koOrders from '../../messages/ko/orders.json' with { type: 'json' };
import koPositions from '../../messages/ko/positions.json' with { type: 'json' };
import koReport from '../../messages/ko/report.json' with { type: 'json' };
import koSettings from '../../messages/ko/settings.json' with { type: 'json' };
import koShell from '../../messages/ko/shell.json' with { type: 'json' };
import koStrategies from '../../messages/ko/strategies.json' with { type: 'json' };
import koTicket from '../../messages/ko/ticket.json' with { type: 'json' };

/** One catalogue a language, one file an area; a test proves that both languages have the same keys. */
export const ko = {
  common: koCommon,
  shell: koShell,
  auth: koAuth,
  dashboard: koDashboard,
  market: koMarket,
  ticket: koTicket,
  orders: koOrders,
  positions: koPositions,
  accounts: koAccounts,
  settings: koSettings,
  strategies: koStrategies,
  backtests: koBacktests,
  report: koReport,
  auto: koAuto,
  admin: koAdmin,
};
export const en = {
  common: enCommon,
  shell: enShell,
  auth: enAuth,
  dashboard: enDashboard,
  market: enMarket,
  ticket: enTicket,
  orders: enOrders,
  positions: enPositions,
  accounts: enAccounts,
  settings: enSettings,
  strategies: enStrategies,
  backtests: enBacktests,
  report: enReport,
  auto: enAuto,
  admin: enAdmin,
};
