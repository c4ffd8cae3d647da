import { expect, test } from 'vitest';
import { splitSql } from './split-sql.ts';

test.each([
  { sql: 'select 1; select 2', texts: ['select 1', 'select 2'], why: 'a semicolon ends a statement' },
  { sql: 'select 1;;\n -- end\n', texts: ['select 1'], why: 'nothing but comments is no statement' },
  {
    sql: `select 'a;b', "c;d", E'it\\'s;';select 2`,
    texts: [`select 'a;b', "c;d", E'it\\'s;'`, 'select 2'],
    why: 'quotes hide semicolons',
  },
  { sql: `select 'it''s;';select 2`, texts: [`select 'it''s;'`, 'select 2'], why: 'a doubled quote does not end a string' },
  {
    sql: `do $$ begin perform 1; end $$; select 2`,
    texts: ['do $$ begin perform 1; end $$', 'select 2'],
    why: 'dollar quotes hide semicolons',
  },
  { sql: `do $a$ $$;$$ ; $a$;select $1;`, texts: ['do $a$ $$;$$ ; $a$', 'select $1'], why: 'a named dollar quote ends at its own name' },
  {
    sql: '-- one; two\nselect 1 /* a; /* b; */ c; */; select 2',
    texts: ['-- one; two\nselect 1 /* a; /* b; */ c; */', 'select 2'],
    why: 'comments nest',
  },
  { sql: "select 1 as name'x;y'", texts: ["select 1 as name'x;y'"], why: 'an e at the end of a name opens no escape string' },
])('$why', ({ sql, texts }) => {
  expect(splitSql(sql).map((s) => s.text)).toEqual(texts);
});

test('a statement begins on the line of its first code, not of its comment', () => {
  expect(splitSql('-- head\n\nselect 1;\n-- note\n/* more\n*/\nselect 2;').map((s) => s.line)).toEqual([3, 7]);
});
