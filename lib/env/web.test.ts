import { expect, test } from 'vitest';
import { parseWebEnv } from './web.ts';

const minimal = { SUPABASE_URL: 'http://127.0.0.1:54321', SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_x' };

test('takes the two needed values and leaves demo logins off', () => {
  expect(parseWebEnv(minimal)).toMatchObject({ ...minimal, NARAE_DEMO: false });
});

test('reads trusted fingerprints with blanks and a last comma', () => {
  const [one, two] = [`${'0a1b-'.repeat(7)}ffff`, `${'1234-'.repeat(7)}abcd`];
  expect(parseWebEnv({ ...minimal, NARAE_KEY_FINGERPRINTS: ` ${one}, ${two},` }).NARAE_KEY_FINGERPRINTS).toEqual([one, two]);
  expect(parseWebEnv(minimal).NARAE_KEY_FINGERPRINTS).toEqual([]);
});

test.each([
  { why: 'a fingerprint that is none', env: { ...minimal, NARAE_KEY_FINGERPRINTS: 'ab:cd' }, says: 'NARAE_KEY_FINGERPRINTS' },
  { why: 'nothing given', env: {}, says: 'SUPABASE_PUBLISHABLE_KEY' },
  { why: 'an address that is none', env: { ...minimal, SUPABASE_URL: 'here' }, says: 'SUPABASE_URL' },
  { why: 'a gateway without its key', env: { ...minimal, NAS_API_URL: 'http://nas.local:8080' }, says: 'NAS_API_KEY' },
  { why: 'an empty key', env: { ...minimal, SUPABASE_PUBLISHABLE_KEY: '' }, says: 'SUPABASE_PUBLISHABLE_KEY' },
])('refuses $why and names the variable', ({ env, says }) => {
  expect(() => parseWebEnv(env)).toThrow(says);
});
