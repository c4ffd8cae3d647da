import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { accountMask, type CredentialContext, openCredentials, sealCredentials } from './account-credentials.ts';
import { fingerprint, generateSealingPair, importPrivateKey, open, seal } from './hpke.ts';
import { loadOrMakeSealingKey } from './key-file.ts';

const credentials = {
  appKey: 'PSabcdefghijklmnopqrstuvwxyz01234567',
  appSecret: 's'.repeat(180),
  accountNumber: '50123456',
  productCode: '01',
  htsId: 'narae1',
};
const context: CredentialContext = { userId: 'u1', accountId: 'a1', brokerType: 'kis', isPaper: true, keyId: 'k1' };

async function sealed() {
  const pair = await generateSealingPair();
  return { pair, privateKey: await importPrivateKey(pair.privateJwk), box: await sealCredentials(pair.publicKey, context, credentials) };
}

test('what was sealed in one place opens in the other, and the ciphertext holds nothing readable', async () => {
  const { privateKey, box } = await sealed();
  expect(await openCredentials(privateKey, context, box)).toEqual(credentials);
  const stored = JSON.stringify(box);
  // Two digits stand in any ciphertext by chance.
  for (const secret of Object.values(credentials).filter((text) => text.length > 4))
    expect(Buffer.from(stored, 'utf8').includes(secret)).toBe(false);
});

test.each([
  { change: { userId: 'u2' }, why: 'another person' },
  { change: { accountId: 'a2' }, why: 'another account' },
  { change: { brokerType: 'ls' }, why: 'another broker' },
  { change: { isPaper: false }, why: 'real instead of paper: paper keys can never become real ones by a changed column' },
  { change: { keyId: 'k2' }, why: 'another key id' },
])('does not open for $why', async ({ change }) => {
  const { privateKey, box } = await sealed();
  await expect(openCredentials(privateKey, { ...context, ...change }, box)).rejects.toThrow(/does not open/);
});

test('does not open with another key or a changed byte, and the error names no secret', async () => {
  const { privateKey, box } = await sealed();
  const other = await importPrivateKey((await generateSealingPair()).privateJwk);
  await expect(openCredentials(other, context, box)).rejects.toThrow(/does not open/);
  const first = box.ct[0] === 'A' ? 'B' : 'A';
  await expect(openCredentials(privateKey, context, { ...box, ct: first + box.ct.slice(1) })).rejects.toThrow(/does not open/);
});

test('seals the same text differently each time', async () => {
  const { publicKey } = await generateSealingPair();
  const boxes = await Promise.all([1, 2].map(() => seal({ keyId: 'k', publicKey }, 'aad', 'text')));
  expect(boxes[0]?.ct).not.toBe(boxes[1]?.ct);
});

test('two processes that start together agree on one key, readable by its owner only', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'narae-key-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const [a, b] = await Promise.all([loadOrMakeSealingKey(directory), loadOrMakeSealingKey(directory)]);
  expect(a.keyId).toBe(b.keyId);
  expect((await stat(join(directory, 'sealing-key.json'))).mode & 0o777).toBe(0o600);
  const box = await seal(a, 'aad', 'text');
  expect(await open(b.privateKey, 'aad', box)).toBe('text');
  expect(a.fingerprint).toBe(await fingerprint(a.publicKey));
  expect(a.fingerprint).toMatch(/^([0-9a-f]{4}-){7}[0-9a-f]{4}$/);
});

test('screens see the first four digits of an account number only', () => {
  expect(accountMask('50123456', '01')).toBe('5012****-01');
});
