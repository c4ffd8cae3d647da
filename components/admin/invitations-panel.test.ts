import { expect, test } from 'vitest';
import { invitationState } from './invitations-panel.tsx';

const expiresAt = '2026-12-07T00:00:00Z';
const at = (instant: string) => Date.parse(instant);

test.each([
  { state: 'open', acceptedAt: null, now: at('2026-12-06T23:59:59Z') },
  { state: 'expired', acceptedAt: null, now: at(expiresAt) },
  { state: 'open', acceptedAt: null, now: null },
  { state: 'accepted', acceptedAt: '2026-12-01T00:00:00Z', now: at('2026-12-31T00:00:00Z') },
])('an invitation accepted at $acceptedAt is $state at $now', ({ state, acceptedAt, now }) => {
  expect(invitationState({ acceptedAt, expiresAt }, now)).toBe(state);
});
