import type { AuthError } from '@supabase/supabase-js';

/** Faults of signing in that have their own sentence under `auth.fault`. */
export type AuthFault =
  | 'invalid_credentials'
  | 'email_not_confirmed'
  | 'user_already_exists'
  | 'weak_password'
  | 'over_request_rate_limit'
  | 'same_password'
  | 'signup_disabled'
  | 'link_expired'
  | 'unreachable'
  | 'unexpected';

const KNOWN: Record<string, AuthFault> = {
  invalid_credentials: 'invalid_credentials',
  invalid_grant: 'invalid_credentials',
  email_not_confirmed: 'email_not_confirmed',
  user_already_exists: 'user_already_exists',
  email_exists: 'user_already_exists',
  weak_password: 'weak_password',
  over_request_rate_limit: 'over_request_rate_limit',
  over_email_send_rate_limit: 'over_request_rate_limit',
  same_password: 'same_password',
  signup_disabled: 'signup_disabled',
  otp_expired: 'link_expired',
};

/** Decides by the error's code, and by its status where a server gives none. */
export function authFault(error: AuthError): AuthFault {
  const known = error.code ? KNOWN[error.code] : undefined;
  if (known) return known;
  if (error.name === 'AuthRetryableFetchError' || !error.status) return 'unreachable';
  return error.status === 400 && error.code === undefined ? 'invalid_credentials' : 'unexpected';
}
