import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** `npm test -- pooled`: the fleet's integration tests once more, behind pgbouncer in session mode. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  defineConfig({
    test: {
      include: ['nas/{trading,market,scheduler,gateway,backtest}/**/*.{stack,db}.test.ts', 'lib/db/fleet/*.db.test.ts'],
      globalSetup: ['./lib/testing/pooled-setup.ts'],
    },
  }),
);
