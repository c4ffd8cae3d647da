import { expect, test } from 'vitest';
import { fingerprint, generateSealingPair } from './hpke.ts';
import { asTrusted } from './trusted-key.ts';

async function aKey() {
  const { publicKey } = await generateSealingPair();
  return { publicKey, fingerprint: await fingerprint(publicKey) };
}
/** What the form does before it seals. */
const isSealedTo = async (key: { publicKey: string; fingerprint: string }) => (await fingerprint(key.publicKey)) === key.fingerprint;

test('credentials are sealed to the key the operator named', async () => {
  const [key, retiring] = [await aKey(), await aKey()];
  const operator = { fingerprints: [retiring.fingerprint, key.fingerprint], isDemo: false };
  expect(await isSealedTo(asTrusted(key, operator))).toBe(true);
});

test('a key that somebody put into the database with its own fingerprint gets nothing', async () => {
  const [ours, theirs] = [await aKey(), await aKey()];
  expect(await isSealedTo(asTrusted(theirs, { fingerprints: [ours.fingerprint], isDemo: false }))).toBe(false);
  expect(await isSealedTo(asTrusted(theirs, { fingerprints: [], isDemo: false }))).toBe(false);
  expect(await isSealedTo(asTrusted(theirs, { fingerprints: [ours.fingerprint], isDemo: true }))).toBe(false);
});

test('the local demo takes the key its first start made', async () => {
  expect(await isSealedTo(asTrusted(await aKey(), { fingerprints: [], isDemo: true }))).toBe(true);
});
