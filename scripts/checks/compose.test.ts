import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

interface Service {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly read_only: boolean;
  readonly deploy?: { readonly replicas: number };
}
const root = new URL('../../', import.meta.url);
const compose = parse(readFileSync(new URL('docker-compose.yml', root), 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);

test('the fleet is gateway, trading, market, scheduler and three back-test workers', () => {
  expect(Object.keys(compose.services)).toEqual(['gateway', 'trading', 'market', 'scheduler', 'backtest']);
  expect(compose.services.backtest?.deploy?.replicas).toBe(3);
});

test.each(services)('%s runs an entry file that exists, read-only, with its own database role', (_name, service) => {
  expect(existsSync(new URL(service.command[1] as string, root))).toBe(true);
  expect(service.read_only).toBe(true);
  expect(service.environment.DATABASE_URL).toMatch(/^\$\{[A-Z]+_DATABASE_URL:\?/);
});

test.each(services)('%s mounts only declared volumes', (_name, service) => {
  for (const volume of service.volumes ?? []) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
});

test.each([
  { service: 'gateway', port: '8080' },
  { service: 'trading', port: '8081' },
  { service: 'market', port: '8082' },
])('$service answers on $port, on loopback unless the operator binds it elsewhere', ({ service, port }) => {
  expect(compose.services[service]?.environment.PORT).toBe(port);
  expect(compose.services[service]?.ports?.[0]).toMatch(new RegExp(`127\\.0\\.0\\.1\\}?:${port}:${port}$`));
});

test('only trading can write the credentials volume', () => {
  const writers = services.filter(([, s]) => s.volumes?.includes('credentials:/data/credentials')).map(([name]) => name);
  expect(writers).toEqual(['trading']);
});

test('every variable that compose needs is explained in .env.example', () => {
  const example = readFileSync(new URL('.env.example', root), 'utf8');
  const needed = [...readFileSync(new URL('docker-compose.yml', root), 'utf8').matchAll(/\$\{([A-Z_]+)/g)].map((m) => m[1] as string);
  expect(needed.length).toBeGreaterThan(5);
  for (const name of new Set(needed)) expect(example).toMatch(new RegExp(`^#? ?${name}=`, 'm'));
});
