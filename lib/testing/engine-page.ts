import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Where a browser finds what the sources import: workers know no import maps, so the names are written out. */
const PLACES = [
  [/(from ')#domain\//g, '$1/lib/domain/'],
  [/(from ')#lib\//g, '$1/lib/'],
  [/(from ')zod'/g, "$1/node_modules/zod/index.js'"],
] as const;
const SERVED = /^\/(lib\/(domain|use-cases|testing)\/[\w/-]+\.ts|node_modules\/zod\/[\w./-]+\.js)$/;

const PAGE = `<!doctype html><meta charset="utf-8"><title>engine</title><script type="module">
const worker = new Worker('/worker.js', { type: 'module' });
const tell = (answer) => fetch('/answer', { method: 'POST', body: JSON.stringify(answer) });
worker.onmessage = ({ data }) => tell(data);
worker.onerror = ({ message }) => tell({ error: message || 'the worker could not be loaded' });
</script>`;
/** Twice in a row in one worker. */
const WORKER = `import { engineHashes } from '/lib/testing/engine-runs.ts';
try { postMessage({ agent: navigator.userAgent, rounds: [await engineHashes(), await engineHashes()] }); } catch (error) { postMessage({ error: String(error?.stack ?? error) }); }`;

/** A browser that says nothing for so long has not opened the page. */
const PATIENCE_MS = 240_000;

const hashes = z.array(z.object({ name: z.string(), hash: z.string(), trades: z.number() }));
const said = z.object({ agent: z.string(), rounds: z.array(hashes) });
const answer = z.union([said, z.object({ error: z.string() })]);

export interface EnginePage {
  readonly url: string;
  /** What the browser that opens the page calls itself and computes, each round of it; rejects with its error. */
  readonly said: Promise<z.infer<typeof said>>;
  close(): void;
}

/**
 * A page on loopback whose Web Worker runs `engineHashes` in whatever browser opens it: the very sources that Node runs, their types
 * stripped by Node, nothing bundled or compiled down.
 */
export async function startEnginePage(): Promise<EnginePage> {
  const told = Promise.withResolvers<z.infer<typeof said>>();
  told.promise.catch(() => {}); // whoever waits for it is told; one who closes early need not be
  const patience = setTimeout(() => told.reject(new Error(`the browser said nothing for ${PATIENCE_MS / 1_000} s`)), PATIENCE_MS);
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') return serve(request, response);
    let text = '';
    for await (const part of request) text += part;
    response.end();
    const given = answer.parse(JSON.parse(text));
    if ('error' in given) told.reject(new Error(given.error));
    else told.resolve(given);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    said: told.promise,
    close() {
      clearTimeout(patience);
      server.close();
      server.closeAllConnections();
    },
  };
}

function serve({ url = '/' }: IncomingMessage, response: ServerResponse): void {
  const script = url === '/worker.js' ? WORKER : SERVED.test(url) && !url.includes('..') ? sourceOf(url) : null;
  if (script !== null) response.setHeader('content-type', 'text/javascript').end(script);
  else if (url === '/') response.setHeader('content-type', 'text/html').end(PAGE);
  else response.writeHead(404).end();
}

function sourceOf(url: string): string {
  const text = readFileSync(`${ROOT}${url}`, 'utf8');
  if (!url.endsWith('.ts')) return text;
  return PLACES.reduce((source, [name, place]) => source.replace(name, place), stripTypeScriptTypes(text));
}
