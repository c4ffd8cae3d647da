import { enterWorld, type ScaledTime } from '#scripts/chaos/time.ts';

export interface ServiceConfig {
  readonly time: ScaledTime;
  readonly service: 'trading' | 'market' | 'scheduler';
  readonly env: Readonly<Record<string, string>>;
  readonly logLevel: string;
}

const config = JSON.parse(process.argv[2] ?? '') as ServiceConfig;
enterWorld(config.time); // before the service's modules see a clock
const { openService } = await import('./open-service.ts');
await openService(config);
