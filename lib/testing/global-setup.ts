import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import type { TestCluster } from '#supabase/local/test-cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a test worker asks for the run's database cluster. */
    testClusterUrl: string;
  }
}

/**
 * One embedded Postgres for the whole run, started when the first test asks for it: runs without database tests pay nothing.
 * Test workers are other processes, so they ask over loopback HTTP.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let cluster: Promise<TestCluster> | undefined;
  const server = createServer(async (request, response) => {
    try {
      cluster ??= import('#supabase/local/test-cluster.ts').then(({ startTestCluster }) => startTestCluster());
      const { port, password, bareTemplate, migratedTemplate } = await cluster;
      const template = request.url === '/bare' ? bareTemplate : await migratedTemplate();
      response.end(JSON.stringify({ port, password, template }));
    } catch (error) {
      response.writeHead(500).end(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  project.provide('testClusterUrl', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    server.closeAllConnections();
    await (await cluster?.catch(() => undefined))?.stop();
  };
}
