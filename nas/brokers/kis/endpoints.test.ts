import { describe, expect, test } from 'vitest';
import { checkEndpoints, KIS_ENDPOINTS } from './endpoints.ts';

describe('the host decides whether money is real', () => {
  test.each(['real', 'paper'] as const)('KIS’s own %s hosts are taken', (environment) => {
    expect(checkEndpoints(environment, KIS_ENDPOINTS[environment]).rest.origin).toBe(KIS_ENDPOINTS[environment].restUrl);
  });
  test.each([
    ['the real REST host for paper', 'paper', { ...KIS_ENDPOINTS.paper, restUrl: KIS_ENDPOINTS.real.restUrl }],
    ['the paper REST host for real', 'real', { ...KIS_ENDPOINTS.real, restUrl: KIS_ENDPOINTS.paper.restUrl }],
    ['the real socket for paper', 'paper', { ...KIS_ENDPOINTS.paper, wsUrl: KIS_ENDPOINTS.real.wsUrl }],
    ['another port of a KIS host', 'paper', { ...KIS_ENDPOINTS.paper, restUrl: 'https://openapivts.koreainvestment.com:9443' }],
    ['a KIS host without TLS', 'real', { ...KIS_ENDPOINTS.real, restUrl: 'http://openapi.koreainvestment.com:9443' }],
    ['plain HTTP to the internet', 'real', { restUrl: 'http://example.com', wsUrl: 'ws://example.com' }],
  ] as const)('%s is refused', (_name, environment, endpoints) => {
    expect(() => checkEndpoints(environment, endpoints)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });
  test.each(['http://127.0.0.1:9443', 'http://localhost:1', 'http://venue:9443'])('%s is a venue of our own', (restUrl) => {
    expect(checkEndpoints('paper', { restUrl, wsUrl: 'ws://venue:31000/tryitout' }).rest.href).toContain('http://');
  });
});
