import { createTranslator } from 'next-intl';
import { expect, test } from 'vitest';
import { en, ko } from '#lib/i18n/messages.ts';
import { notificationText } from './notification-text.ts';

const payload = { stock_code: '005930', stock_codes: '005930, 000660', kind: 'trailing', price: 64_000, quantity: 1_200, code: 'halted' };
const KINDS = ['stop_fired', 'stop_blocked', 'stop_refused', 'stop_gave_up', 'stop_feed_slow', 'stop_feed_stale', 'stop_feed_back'];

test.each(
  KINDS.flatMap((kind) => [
    { kind, locale: 'ko' as const },
    { kind, locale: 'en' as const },
  ]),
)('$kind is a whole sentence in $locale', ({ kind, locale }) => {
  const t = createTranslator({ locale, messages: { ko, en }[locale], namespace: 'dashboard' });
  const text = notificationText(t as unknown as Parameters<typeof notificationText>[0], { kind, payload });
  expect(text).toContain('005930');
  expect(text).not.toMatch(/[{}]|\(halted\)|notice\./);
});

test('figures are grouped, and a reason nobody has words for is named', () => {
  const t = createTranslator({ locale: 'ko', messages: ko, namespace: 'dashboard' }) as unknown as Parameters<typeof notificationText>[0];
  expect(notificationText(t, { kind: 'stop_fired', payload })).toBe(
    '005930 추적 손절 조건에 닿아(64,000원) 1,200주 시장가 매도를 넣었습니다.',
  );
  expect(notificationText(t, { kind: 'stop_refused', payload: { ...payload, code: 'APBK0919' } })).toContain('(APBK0919)');
});
