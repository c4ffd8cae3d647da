import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What an operator watches on the order path. Labels never hold ids. */
export function tradingMetrics(registry: Registry) {
  const registers = [registry];
  return {
    sends: new Counter({ name: 'narae_sends_total', help: 'Broker calls by kind and outcome', labelNames: ['kind', 'outcome'], registers }),
    sendMs: new Histogram({
      name: 'narae_send_duration_ms',
      help: 'From the socket write to the broker answer',
      labelNames: ['kind'],
      buckets: [5, 10, 25, 50, 100, 250, 500, 1000, 3000, 10_000, 30_000],
      registers,
    }),
    inquiries: new Counter({ name: 'narae_inquiries_total', help: 'Reads of the order list by result', labelNames: ['result'], registers }),
    unknown: new Gauge({ name: 'narae_orders_unknown', help: 'Orders whose outcome is unknown', registers }),
    accounts: new Gauge({ name: 'narae_accounts_held', help: 'Accounts this process sends for', registers }),
    notices: new Counter({ name: 'narae_notices_total', help: 'Order notices by kind', labelNames: ['kind'], registers }),
    stops: new Counter({
      name: 'narae_stops_total',
      help: 'Protective stops: fired, blocked, and prices refused',
      labelNames: ['result'],
      registers,
    }),
    denied: new Counter({ name: 'narae_orders_denied_total', help: 'Orders denied before the send', labelNames: ['code'], registers }),
  };
}
export type TradingMetrics = ReturnType<typeof tradingMetrics>;
