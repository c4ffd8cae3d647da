import { describe, expect, test } from 'vitest';
import { DENIAL_CODES, DENIALS, denialFigures, denialReason, denialSentence } from '#domain/risk/denials.ts';

const figuresOf = (template: string) => [...new Set([...template.matchAll(/\{(\w+)\}/g)].map((m) => m[1]))].sort();

describe.each(DENIAL_CODES)('%s', (code) => {
  const denial = DENIALS[code];

  test('names the same figures in Korean and English', () => {
    expect(figuresOf(denial.en)).toEqual(figuresOf(denial.ko));
    expect(figuresOf(denial.fixEn)).toEqual(figuresOf(denial.fixKo));
  });

  test('says in both languages why and what to change, in whole sentences', () => {
    for (const sentence of [denial.ko, denial.en, denial.fixKo, denial.fixEn]) expect(sentence).toMatch(/\.$/);
    expect(`${denial.ko}${denial.fixKo}`).toMatch(/[가-힣]/);
    expect(`${denial.en}${denial.fixEn}`).not.toMatch(/[가-힣]/);
  });

  test('leaves no placeholder when all figures are given', () => {
    const numbers = Object.fromEntries(denialFigures(code).map((name, i) => [name, i + 1]));
    for (const locale of ['ko', 'en'] as const) expect(denialSentence(code, numbers, locale)).not.toMatch(/[{}]/);
  });
});

test('won are grouped by thousands', () => {
  expect(denialReason('insufficient_cash', { needed: 1_234_567, available: '999' }, 'ko')).toBe(
    '필요한 금액 1,234,567원이 주문 가능 금액 999원보다 많습니다.',
  );
});

test('a sentence carries the reason and what to change', () => {
  const numbers = { price: 10_003, tick: 10, below: 10_000, above: 10_010 };
  expect(denialSentence('off_tick', numbers, 'en')).toBe('10,003 won is not on the tick of 10 won. Use 10,000 or 10,010 won.');
  expect(denialSentence('off_tick', numbers, 'ko')).toBe(
    '10,003원은 호가 단위(10원)에 맞지 않습니다. 10,000원 또는 10,010원으로 고치세요.',
  );
});

test('a missing figure is a dash, a fraction keeps its decimals', () => {
  expect(denialReason('stale_data', {}, 'en')).toContain('– seconds');
  expect(denialReason('clock_skew', { seconds: 1234.5678 }, 'en')).toContain('1,234.5678');
});

test('an unknown code is named, not hidden', () => {
  expect(denialSentence('toString', {}, 'ko')).toContain('toString');
});
