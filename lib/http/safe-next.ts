/** A path of this app to go to after signing in; anything that could lead elsewhere becomes the home page. */
export function safeNext(next: string | null | undefined): string {
  if (!next?.startsWith('/') || next.startsWith('//') || /[\\\s]/.test(next)) return '/';
  const resolved = new URL(next, 'http://narae.invalid');
  // Dots are resolved by now: what began as `/..//evil.example` would be another host.
  return resolved.origin === 'http://narae.invalid' && !resolved.pathname.startsWith('//') ? resolved.pathname + resolved.search : '/';
}
