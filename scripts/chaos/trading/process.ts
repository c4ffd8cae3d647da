import { enterWorld, type ScaledTime } from '../time.ts';
import { type Mutant, replaceModules } from './replace-modules.ts';

export interface TradingConfig {
  readonly time: ScaledTime;
  readonly env: Readonly<Record<string, string>>;
  /** Where a strike is written down before it happens. */
  readonly recordDir: string;
  readonly mutant: Mutant | null;
  readonly logLevel: string;
}

const config = JSON.parse(process.argv[2] ?? '') as TradingConfig;
enterWorld(config.time); // before the service's modules see a clock
replaceModules(config.mutant);
const { openTrading } = await import('./open-trading.ts');
await openTrading(config);
