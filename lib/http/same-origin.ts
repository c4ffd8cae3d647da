/**
 * True for a changing request that a page of another origin sent with our cookies. Browsers always tell the origin of such
 * requests; a caller without Origin and Sec-Fetch-Site is a program, which holds no cookies by accident.
 */
export function isForeignRequest(method: string, headers: Headers): boolean {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return false;
  const site = headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') return true;
  const origin = headers.get('origin');
  if (origin === null) return false;
  const host = headers.get('x-forwarded-host') ?? headers.get('host');
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
