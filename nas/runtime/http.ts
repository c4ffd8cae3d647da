import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Registry } from 'prom-client';

export interface Health {
  readonly ok: boolean;
  /** Short facts by name: what is connected, how many accounts are held. No secrets, no account numbers. */
  readonly detail: Record<string, unknown>;
}

/** A registry with the process's own figures, every series labelled with the service. */
export function createMetrics(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
}

export interface StatusServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves /health (200 or 503) and /metrics (Prometheus text) of a service. */
export async function startStatusServer(options: {
  port: number;
  host: string;
  registry: Registry;
  health: () => Health;
}): Promise<StatusServer> {
  const { registry, health } = options;
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET' || (path !== '/health' && path !== '/metrics')) {
      response.writeHead(404).end();
    } else if (path === '/health') {
      const state = health();
      response
        .writeHead(state.ok ? 200 : 503, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ok: state.ok, ...state.detail }));
    } else {
      registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
