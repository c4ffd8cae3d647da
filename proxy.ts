import { createServerClient } from '@supabase/ssr';
import { type NextRequest, NextResponse } from 'next/server';
import { webEnv } from '#lib/env/web.ts';
import { contentSecurityPolicy } from '#lib/http/csp.ts';

/** Pages anybody may open. Everything else asks for a session first. */
const OPEN_PAGES = ['/login', '/signup', '/forgot-password', '/auth/', '/manifest.webmanifest'];

/** Refreshes the session cookie, sets the content security policy with a fresh nonce, and sends strangers to the sign-in page. */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const env = webEnv();
  const nonce = btoa(crypto.randomUUID());
  const csp = contentSecurityPolicy({ nonce, supabaseUrl: env.SUPABASE_URL, isDevelopment: env.NODE_ENV === 'development' });

  const next = () => {
    const headers = new Headers(request.headers);
    headers.set('x-nonce', nonce);
    headers.set('x-pathname', request.nextUrl.pathname);
    headers.set('content-security-policy', csp); // Next copies the nonce from the request's header to its own scripts.
    const answer = NextResponse.next({ request: { headers } });
    answer.headers.set('content-security-policy', csp);
    return answer;
  };

  let response = next();
  const supabase = createServerClient(env.SUPABASE_URL, env.SUPABASE_PUBLISHABLE_KEY, {
    cookies: {
      getAll: () => request.cookies.getAll(),
      setAll: (all, headers) => {
        for (const cookie of all) request.cookies.set(cookie.name, cookie.value);
        response = next(); // pages of this very request must see the new cookies
        for (const cookie of all) response.cookies.set(cookie.name, cookie.value, cookie.options);
        for (const [name, value] of Object.entries(headers ?? {})) response.headers.set(name, value);
      },
    },
  });
  const { data } = await supabase.auth.getClaims();

  const path = request.nextUrl.pathname;
  const isOpen = path.startsWith('/api/') || OPEN_PAGES.some((page) => path === page || path.startsWith(page));
  if (!data?.claims && !isOpen) {
    const login = new URL('/login', request.url);
    if (path !== '/') login.searchParams.set('next', path);
    const redirect = NextResponse.redirect(login);
    for (const cookie of response.cookies.getAll()) redirect.cookies.set(cookie);
    return redirect;
  }
  return response;
}

export const config = { matcher: ['/((?!_next/static|_next/image|favicon.ico|icon.svg|apple-icon.png).*)'] };
