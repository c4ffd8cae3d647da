/** The content security policy of every page. Styles may be inline: charts and pop-overs place themselves by style attributes. */
export function contentSecurityPolicy(input: { nonce: string; supabaseUrl: string; isDevelopment: boolean }): string {
  const supabase = new URL(input.supabaseUrl);
  const socket = `${supabase.protocol === 'https:' ? 'wss' : 'ws'}://${supabase.host}`;
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${input.nonce}' 'strict-dynamic'${input.isDevelopment ? " 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self' ${supabase.origin} ${socket}`,
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
