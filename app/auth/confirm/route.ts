import type { EmailOtpType } from '@supabase/supabase-js';
import { type NextRequest, NextResponse } from 'next/server';
import { serverClient } from '#lib/db/server.ts';
import { safeNext } from '#lib/http/safe-next.ts';

const TYPES: readonly string[] = ['signup', 'invite', 'magiclink', 'recovery', 'email_change', 'email'];

/** Where links in mails lead: turns the code or token hash into a session, then goes on. */
export async function GET(request: NextRequest): Promise<NextResponse> {
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
  return NextResponse.redirect(new URL(path, request.url));
}
