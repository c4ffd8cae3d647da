import type { EmailOtpType } from '@supabase/supabase-js';
import type { NextRequest } from 'next/server';
import { serverClient } from '#lib/db/server.ts';
import { safeNext } from '#lib/http/safe-next.ts';

const TYPES: readonly string[] = ['signup', 'invite', 'magiclink', 'recovery', 'email_change', 'email'];

/** Where links in mails lead: turns the code or token hash into a session, then goes on. */
export async function GET(request: NextRequest): Promise<Response> {
  const given = request.nextUrl.searchParams;
  const code = given.get('code');
  const tokenHash = given.get('token_hash');
  const type = given.get('type') ?? '';
  const supabase = await serverClient();
  const { error } = code
    ? await supabase.auth.exchangeCodeForSession(code)
    : tokenHash && TYPES.includes(type)
      ? await supabase.auth.verifyOtp({ token_hash: tokenHash, type: type as EmailOtpType })
      : { error: new Error('neither a code nor a token') };
  const path = error ? '/login?fault=link_expired' : type === 'recovery' ? '/reset-password' : safeNext(given.get('next'));
  // Relative (RFC 9110 §10.2.2): behind a proxy `request.url` may name another host, and the session's cookies are for the one asked.
  return new Response(null, { status: 303, headers: { location: path } });
}
