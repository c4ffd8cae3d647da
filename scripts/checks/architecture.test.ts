import { describe, expect, test } from 'vitest';
import { checkArchitecture } from '#scripts/checks/architecture-rules.ts';
import { importsOf, readSource } from '#scripts/checks/source-text.ts';

const faults = (files: Record<string, string>) =>
  checkArchitecture(new Map(Object.entries(files))).map(({ file, line }) => `${file}:${line}`);

describe('arrows', () => {
  test.each([
    ['lib/domain/a.ts', `import { z } from 'zod';`],
    ['lib/domain/a.ts', `import { b } from '#domain/b.ts';`],
    ['lib/domain/a.ts', `import { b } from './order/b.ts';`],
    ['lib/domain/a.test.ts', `import fc from 'fast-check';`],
    ['lib/use-cases/a.ts', `import type { Orders } from '#lib/db/orders.ts';`],
    ['lib/use-cases/a.ts', `import type { Broker } from '#nas/brokers/port.ts';`],
    ['lib/use-cases/a.ts', `import { AppError } from '#lib/errors.ts';`],
    ['app/page.tsx', `import { placeOrder } from '#lib/use-cases/place-order.ts';`],
    ['nas/trading/main.ts', `import { service } from '#lib/db/service.ts';`],
    ['nas/trading/a.ts', `import { b } from '../runtime/b.ts';`],
    ['lib/i18n/a.ts', `import words from '../../messages/ko/common.json' with { type: 'json' };`],
    ['nas/a.ts', `const root = new URL('../lib', import.meta.url);`],
    ['scripts/start.ts', `import { run } from '#nas/venue/main.ts';`],
  ])('%s may say %s', (file, text) => {
    expect(faults({ [file]: text })).toEqual([]);
  });

  test.each([
    ['lib/domain/a.ts', `import pg from 'pg';`],
    ['lib/domain/a.ts', `import { readFileSync } from 'node:fs';`],
    ['lib/domain/a.ts', `import { log } from '#lib/log.ts';`],
    ['lib/domain/a.ts', `import type { Row } from '#lib/db/types.gen.ts';`],
    ['lib/domain/a.ts', `import { log } from '../log.ts';`],
    ['lib/domain/a.ts', `const { log } = await import('#lib/log.ts');`],
    ['lib/domain/a.ts', `export { log } from '#lib/log.ts';`],
    ['lib/domain/a.ts', `export * from "#lib/log.ts";`],
    ['lib/use-cases/a.ts', `import { orders } from '#lib/db/orders.ts';`],
    ['lib/use-cases/a.ts', `import { type Orders } from '#lib/db/orders.ts';`],
    ['lib/use-cases/a.ts', `import { kis } from '#nas/brokers/kis/broker.ts';`],
    ['lib/use-cases/a.ts', `import { Ticket } from '#components/orders/ticket.tsx';`],
    ['lib/db/orders.ts', `import { kis } from '#nas/brokers/kis/broker.ts';`],
    ['lib/i18n/words.ts', `import { Ticket } from '#components/orders/ticket.tsx';`],
    ['app/page.tsx', `new Worker(new URL('../nas/backtest/worker.ts', import.meta.url));`],
    ['app/page.tsx', `import type { Broker } from '#nas/brokers/port.ts';`],
    ['app/page.tsx', `import { service } from '#lib/db/service.ts';`],
    ['app/page.tsx', `import { trading } from '#lib/db/fleet/trading.ts';`],
    ['app/page.tsx', `import { service } from '../lib/db/service.ts';`],
    ['components/a.tsx', `import { service } from '#lib/db/service.ts';`],
    ['proxy.ts', `import { service } from '#lib/db/service.ts';`],
    ['nas/trading/a.ts', `import { Button } from '#components/ui/button.tsx';`],
    ['nas/trading/a.ts', `import { b } from '../../lib/log.ts';`],
    ['lib/domain/a.test.ts', `import { b } from '../../nas/venue/b.ts';`],
  ])('%s may not say %s', (file, text) => {
    expect(new Set(faults({ [file]: text }))).toEqual(new Set([`${file}:1`]));
  });

  test('the line of a long import is that of its module name', () => {
    expect(faults({ 'lib/domain/a.ts': `// first\nimport {\n  a,\n  b,\n} from '#lib/log.ts';\n` })).toEqual(['lib/domain/a.ts:5']);
  });

  test('an import in a comment or in a text is none', () => {
    const text = `// import a from 'pg'\n/* import b from 'pg' */\nconst c = "import d from 'pg'";\nconst e = \`import f from 'pg'\`;\n`;
    expect(faults({ 'lib/domain/a.ts': text })).toEqual([]);
  });
});

describe('long ways round', () => {
  test('a screen may not reach the service door through another file', () => {
    expect(
      faults({
        'app/page.tsx': `import { list } from '#lib/http/list.ts';`,
        'lib/http/list.ts': `import { rows } from '#lib/db/rows.ts';`,
        'lib/db/rows.ts': `import { service } from '#lib/db/service.ts';`,
        'lib/db/service.ts': '',
      }),
    ).toEqual(['app/page.tsx:1']);
  });

  test('types take nobody there', () => {
    expect(
      faults({
        'app/page.tsx': `import type { Rows } from '#lib/db/rows.ts';`,
        'lib/db/rows.ts': `import { s } from '#lib/db/service.ts';`,
      }),
    ).toEqual([]);
  });

  const SERVER = { 'lib/http/session.ts': `import 'server-only';\n` };

  test('a client component may not reach server-only code', () => {
    expect(faults({ ...SERVER, 'components/a.tsx': `'use client';\nimport { s } from '#lib/http/session.ts';` })).toEqual([
      'components/a.tsx:2',
    ]);
    expect(
      faults({
        ...SERVER,
        'components/a.tsx': `// why\n'use client';\nimport { b } from './b.tsx';`,
        'components/b.tsx': `import { s } from '#lib/http/session.ts';`,
      }),
    ).toEqual(['components/a.tsx:3']);
  });

  test('nor may a Web Worker, nor anything of Node', () => {
    expect(faults({ ...SERVER, 'components/a-worker.ts': `import { s } from '#lib/http/session.ts';` })).toEqual([
      'components/a-worker.ts:1',
    ]);
    expect(
      faults({ 'components/a-worker.ts': `import { b } from '#lib/b.ts';`, 'lib/b.ts': `import { readFileSync } from 'node:fs';` }),
    ).toEqual(['components/a-worker.ts:1']);
  });

  test('a server component may, and a client may call a server action', () => {
    expect(faults({ ...SERVER, 'app/page.tsx': `import { s } from '#lib/http/session.ts';` })).toEqual([]);
    expect(
      faults({
        ...SERVER,
        'app/ticket.tsx': `'use client';\nimport { place } from './actions.ts';`,
        'app/actions.ts': `'use server';\nimport { s } from '#lib/http/session.ts';`,
      }),
    ).toEqual([]);
  });

  test('a circle of imports ends', () => {
    expect(faults({ 'app/a.tsx': `import './b.tsx';`, 'app/b.tsx': `import './a.tsx';` })).toEqual([]);
  });
});

describe('the domain is exact and knows no clock', () => {
  test.each([
    'Math.exp(1)',
    'Math.log10(x)',
    'Math.pow(2, 3)',
    'Math.sin(x)',
    'Math.hypot(3, 4)',
    'Math.random()',
    'x ** 2',
    'x **= 2',
    'Date.now()',
    'new Date()',
    'new Date( )',
    'new Date',
    'performance.now()',
    'process.env.X',
    'fetch(url)',
    'setTimeout(f, 1)',
    'a.localeCompare(b)',
    'n.toLocaleString()',
    'new Intl.NumberFormat()',
    'crypto.randomUUID()',
    ['`$', '{Math.exp(1)}`'].join(''),
  ])('it may not say %s', (expression) => {
    expect(faults({ 'lib/domain/a.ts': `export const a =\n  ${expression};\n` })).toEqual(['lib/domain/a.ts:2']);
  });

  test.each([
    'Math.PI + Math.LOG2E',
    'Math.sqrt(2) + Math.floor(x) + Math.max(1, 2)',
    'new Date(ms)',
    'new Date(Date.UTC(2026, 0, 1))',
    'order.process.name',
    'this.fetch(url)',
    '"Math.exp(1) ** Date.now()"',
    '`x ** 2`',
    '/a**/.test(b)',
    '1 // x ** 2',
    '2 /* Math.exp */ * 3',
    'domainMath.exp(1)',
  ])('it may say %s', (expression) => {
    expect(faults({ 'lib/domain/a.ts': `export const a =\n  ${expression}\n` })).toEqual([]);
  });

  test('tests of it and other rooms may', () => {
    expect(faults({ 'lib/domain/a.test.ts': 'expect(exp(1)).toBe(Math.exp(1));', 'nas/a.ts': 'export const now = Date.now();' })).toEqual(
      [],
    );
  });
});

test('literals do not confuse the reader of sources', () => {
  const text = [
    'const a = /[\'"`]/;',
    "import b from 'b';",
    ['const c = `$', '{`//$', '{d}`}`;'].join(''),
    'const e = 1 / 2;',
    "import f from 'f';",
    "<p>don't</p>",
    "import g from 'g';",
  ].join('\n');
  expect(importsOf(readSource(text)).map(({ specifier, line }) => [specifier, line])).toEqual([
    ['b', 2],
    ['f', 5],
    ['g', 7],
  ]);
});
