import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCEPTED, anOrder, brokerOn, startRaw, TOKEN_BODY } from './testing/wire-server.ts';
import { PATHS } from './tr-ids.ts';

/** A certificate for `localhost`, made now: a key in the repository would be a key everybody has. Null without openssl. */
function makeCertificate(): { key: Buffer; cert: Buffer } | null {
  const folder = mkdtempSync(join(tmpdir(), 'narae-tls-'));
  const file = (name: string) => join(folder, name);
  try {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2'];
    const keys = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file('key'), '-out', file('cert')];
    execFileSync('openssl', ['req', '-x509', ...keys, ...subject], { stdio: 'ignore' });
    return { key: readFileSync(file('key')), cert: readFileSync(file('cert')) };
  } catch {
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const certificate = makeCertificate();

describe.runIf(certificate)('over TLS, as KIS is spoken to', () => {
  const heard: { path: string; version: string | null; port: number }[] = [];
  let server: https.Server;
  let url = '';
  const trusted = tls.getCACertificates('default');

  beforeAll(async () => {
    server = https.createServer({ ...certificate }, (request, response) => {
      const socket = request.socket as tls.TLSSocket;
      heard.push({ path: request.url ?? '', version: socket.getProtocol(), port: socket.remotePort ?? 0 });
      request.resume().on('end', () => response.end(JSON.stringify(request.url === PATHS.token ? TOKEN_BODY : ACCEPTED)));
    });
    await new Promise<void>((resolve) => server.listen(0, 'localhost', () => resolve()));
    url = `https://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    tls.setDefaultCACertificates(trusted);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('a certificate nobody vouches for ends before the first byte', async () => {
    expect(await brokerOn(url).broker.submit(anOrder())).toMatchObject({ kind: 'not_processed', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(heard).toEqual([]);
  });

  test('a trusted one carries the order, each on a connection of its own, TLS 1.2 or newer', async () => {
    tls.setDefaultCACertificates([...trusted, certificate!.cert.toString()]);
    const { broker } = brokerOn(url);
    for (let n = 0; n < 2; n++) expect(await broker.submit(anOrder())).toMatchObject({ kind: 'accepted', brokerOrderId: '0001569157' });
    expect(heard.map((one) => one.path)).toEqual([PATHS.token, PATHS.orderCash, PATHS.orderCash]);
    expect(heard.every((one) => /^TLSv1\.[23]$/.test(one.version ?? ''))).toBe(true);
    expect(new Set(heard.map((one) => one.port)).size).toBe(3);
  });

  test('a trusted certificate of another name ends before the first byte', async () => {
    tls.setDefaultCACertificates([...trusted, certificate!.cert.toString()]);
    const before = heard.length;
    const other = url.replace('localhost', (server.address() as AddressInfo).family === 'IPv6' ? '[::1]' : '127.0.0.1');
    expect(await brokerOn(other).broker.submit(anOrder())).toMatchObject({ kind: 'not_processed', code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(heard).toHaveLength(before);
  });
});

test('a handshake that never ends is given up at the connect limit, not processed', async () => {
  const raw = await startRaw(() => {});
  const url = raw.url.replace('http:', 'https:');
  const { broker } = brokerOn(url, { timeouts: { connectMs: 200 } });
  expect(await broker.submit(anOrder())).toMatchObject({ kind: 'not_processed', code: 'CONNECT_TIMEOUT' });
  await raw.close();
});
