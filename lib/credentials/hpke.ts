import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import { AppError } from '#lib/errors.ts';

/**
 * HPKE (RFC 9180): DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. The same code seals in the browser and opens on the
 * NAS; everything is Web Crypto.
 */
const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

/** Says what the bytes are for, so that a ciphertext made for one purpose cannot be opened for another. */
const INFO = new TextEncoder().encode('narae/v1');

/** What is stored; all strings are base64url. */
export interface Sealed {
  readonly v: 1;
  /** Which key it was sealed to. */
  readonly kid: string;
  readonly enc: string;
  readonly ct: string;
}

/** A raw uncompressed P-256 point, base64url. */
export type PublicKeyText = string;

/** A new pair: the public half as text, the private half as JWK. */
export async function generateSealingPair(): Promise<{ publicKey: PublicKeyText; privateJwk: JsonWebKey }> {
  const pair = await suite.kem.generateKeyPair();
  const raw = await suite.kem.serializePublicKey(pair.publicKey);
  return { publicKey: toBase64Url(new Uint8Array(raw)), privateJwk: await crypto.subtle.exportKey('jwk', pair.privateKey) };
}

/** Encrypts text so that only the holder of the private key, naming the very same `aad`, can read it. */
export async function seal(to: { keyId: string; publicKey: PublicKeyText }, aad: string, text: string): Promise<Sealed> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(bytesOf(to.publicKey).buffer);
  const { enc, ct } = await suite.seal({ recipientPublicKey, info: INFO.buffer }, encode(text), encode(aad));
  return { v: 1, kid: to.keyId, enc: toBase64Url(new Uint8Array(enc)), ct: toBase64Url(new Uint8Array(ct)) };
}

/** Decrypts; a changed byte, another key or another `aad` throws without saying which. */
export async function open(privateKey: CryptoKey, aad: string, sealed: Sealed): Promise<string> {
  try {
    const enc = bytesOf(sealed.enc).buffer;
    const plain = await suite.open({ recipientKey: privateKey, enc, info: INFO.buffer }, bytesOf(sealed.ct).buffer, encode(aad));
    return new TextDecoder().decode(plain);
  } catch (error) {
    throw new AppError('invalid_input', 'sealed text does not open with this key and context', {
      cause: error,
      detail: { kid: sealed.kid },
    });
  }
}

/** The private half, not extractable again. */
export async function importPrivateKey(jwk: JsonWebKey): Promise<CryptoKey> {
  return suite.kem.importKey('jwk', jwk, false);
}

/** What a person compares: SHA-256 of the public point, in groups of four hex digits. */
export async function fingerprint(publicKey: PublicKeyText): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytesOf(publicKey)));
  const hex = [...digest.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.match(/.{4}/g)!.join('-');
}

function encode(text: string): ArrayBuffer {
  return new TextEncoder().encode(text).buffer;
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
