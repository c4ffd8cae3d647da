/** A sealing key as the database names it. */
interface NamedKey {
  readonly publicKey: string;
  readonly fingerprint: string;
}

/**
 * The key with the fingerprint its public half must have: the operator's word (NARAE_KEY_FINGERPRINTS), not the database's, which
 * could hand out a key of somebody else together with that key's fingerprint. Whoever seals compares; an empty one fits no key.
 * Only the local demo, whose key is made at its first start, trusts the database's word.
 */
export function asTrusted<K extends NamedKey>(key: K, operator: { readonly fingerprints: readonly string[]; readonly isDemo: boolean }): K {
  const { fingerprints, isDemo } = operator;
  if (isDemo && fingerprints.length === 0) return key;
  return { ...key, fingerprint: fingerprints.find((trusted) => trusted === key.fingerprint) ?? fingerprints[0] ?? '' };
}
