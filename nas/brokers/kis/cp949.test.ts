import { expect, test } from 'vitest';
import { decodeCp949 } from './cp949.ts';

test.each([
  { bytes: [0xb0, 0xa1], text: '가', why: 'the first of KS X 1001' },
  { bytes: [0xc8, 0xfe], text: '힝', why: 'its last' },
  { bytes: [0x81, 0x41], text: '갂', why: 'the first of the others' },
  { bytes: [0x8c, 0x63], text: '똠', why: 'one that EUC-KR does not have' },
  { bytes: [0xc6, 0x52], text: '힣', why: 'the last of all' },
  { bytes: [0x53, 0x4b, 0xc7, 0xcf, 0xc0, 0xcc], text: 'SK하이', why: 'ASCII and Hangul' },
])('$text: $why', ({ bytes, text }) => {
  expect(decodeCp949(Uint8Array.from(bytes))).toBe(text);
});

test.each([[[0xb0]], [[0x80, 0x41]], [[0xc6, 0x53]], [[0x81, 0x40]], [[0xff, 0xff]]])('%j is no text', (bytes) => {
  expect(decodeCp949(Uint8Array.from(bytes))).toBeNull();
});

test('every Hangul syllable stands at exactly one place', () => {
  const found = new Map<string, number>();
  for (let lead = 0x81; lead <= 0xfe; lead++)
    for (let trail = 0x41; trail <= 0xfe; trail++) {
      const text = decodeCp949(Uint8Array.of(lead, trail));
      if (text && text >= '가' && text <= '힣') found.set(text, (found.get(text) ?? 0) + 1);
    }
  expect(found.size).toBe(11_172);
  expect([...found.values()].every((places) => places === 1)).toBe(true);
});
