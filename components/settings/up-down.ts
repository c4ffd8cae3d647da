/** Keeps the colours of rise and fall; Korean red-up by default. */
export const UPDOWN_COOKIE = 'narae_updown';
export type UpDown = 'red-blue' | 'green-red';

export function toUpDown(value: string | undefined): UpDown {
  return value === 'green-red' ? 'green-red' : 'red-blue';
}
