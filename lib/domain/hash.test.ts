import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import { hashOf, sha256Hex } from './hash.ts';

describe('SHA-256', () => {
  test('agrees with the platform on any bytes, around every block boundary', () => {
    for (let length = 0; length < 200; length += 1) {
      const bytes = new Uint8Array(length).map((_, i) => (i * 31 + length) & 255);
      expect(sha256Hex(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), (bytes) => sha256Hex(bytes) === createHash('sha256').update(bytes).digest('hex')),
    );
  });

  test('hashes text as UTF-8', () => {
    expect(sha256Hex('나래')).toBe(createHash('sha256').update('나래', 'utf8').digest('hex'));
  });
});

describe('canonical JSON', () => {
  test('the order of keys does not change the hash, the order of a list does', () => {
    expect(hashOf({ b: 1, a: [1, 2], c: undefined })).toBe(hashOf({ a: [1, 2], b: 1 }));
    expect(hashOf([1, 2])).not.toBe(hashOf([2, 1]));
  });

  test('is read back as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('refuses a number that JSON would turn into null', () => {
    expect(() => canonicalJson({ sharpe: Number.NaN })).toThrow('NaN');
  });
});
