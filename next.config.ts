import type { NextConfig } from 'next';
import createNextIntlPlugin from 'next-intl/plugin';

const withNextIntl = createNextIntlPlugin('./lib/i18n/request.ts');

/** Headers every answer carries; the content security policy, which needs a nonce, is set in proxy.ts. */
const securityHeaders = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=(), payment=()' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Strict-Transport-Security', value: 'max-age=31536000; includeSubDomains' },
];

const config: NextConfig = {
  // scripts/web.ts names a folder for each state of the sources, so that a build never changes what another process serves.
  distDir: process.env.NARAE_WEB_DIST ?? '.next',
  poweredByHeader: false,
  typedRoutes: false,
  // tsc 7 checks types in its own step; its native package has no API that Next could call.
  // Next rewrites the tsconfig it is given; scripts/web.ts hands it one of its own.
  typescript: { ignoreBuildErrors: true, tsconfigPath: process.env.NARAE_WEB_TSCONFIG ?? 'tsconfig.json' },
  allowedDevOrigins: ['127.0.0.1', 'localhost'],
  devIndicators: false,
  headers: async () => [{ source: '/:path*', headers: securityHeaders }],
};

export default withNextIntl(config);
