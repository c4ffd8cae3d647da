import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What an operator watches on a feed. Labels never hold symbols: they would be thousands of series. */
export function marketMetrics(registry: Registry) {
  const registers = [registry];
  return {
    frames: new Counter({ name: 'narae_market_frames_total', help: 'Records of the stream by kind', labelNames: ['kind'], registers }),
    refused: new Counter({ name: 'narae_market_frames_refused_total', help: 'Frames that could not be understood', registers }),
    registered: new Gauge({ name: 'narae_market_registrations', help: 'Registrations of the socket, books included', registers }),
    live: new Gauge({ name: 'narae_market_feed_live', help: '1 while the socket is acknowledged and speaks', registers }),
    lagSeconds: new Histogram({
      name: 'narae_market_print_lag_seconds',
      help: 'Our clock minus the time of the print (whole seconds by the exchange)',
      buckets: [0.5, 1, 1.5, 2, 3, 5, 10, 30],
      registers,
    }),
    minuteFlush: new Histogram({
      name: 'narae_market_minute_flush_seconds',
      help: 'How long after the half minute its bars were written',
      buckets: [1, 1.5, 2, 2.5, 3, 4, 5, 10],
      registers,
    }),
  };
}
export type MarketMetrics = ReturnType<typeof marketMetrics>;
