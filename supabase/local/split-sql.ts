export interface SqlStatement {
  readonly text: string;
  /** Line of the file on which the statement begins, from 1. */
  readonly line: number;
}

/** One token that may hide a semicolon: comments, strings, quoted names, dollar quotes. Sticky, tried at each position. */
const OPAQUE = /--[^\n]*|[eE]'(?:[^'\\]|''|\\[\s\S])*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\1/y;

/** Splits a migration into its statements as the Supabase CLI does, keeping comments with the statement they precede. */
export function splitSql(source: string): SqlStatement[] {
  const statements: SqlStatement[] = [];
  let start = 0;
  let at = 0;
  const push = (end: number): void => {
    const raw = source.slice(start, end);
    const code = firstCode(raw);
    if (code !== null) statements.push({ text: raw.trim(), line: lineAt(source, start + code) });
    start = end + 1;
  };
  while (at < source.length) {
    if (source.startsWith('/*', at)) {
      at = blockCommentEnd(source, at);
      continue;
    }
    OPAQUE.lastIndex = at;
    const isNamePart = at > 0 && /[\w$]/.test(source[at - 1]!) && /[$eE]/.test(source[at]!);
    const opaque = isNamePart ? null : OPAQUE.exec(source);
    if (opaque) {
      at = OPAQUE.lastIndex;
      continue;
    }
    if (source[at] === ';') push(at);
    at += 1;
  }
  push(source.length);
  return statements;
}

/** The 1-based line of an offset. */
export function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length;
}

/** Postgres nests block comments. */
function blockCommentEnd(source: string, from: number): number {
  let depth = 0;
  for (let at = from; at < source.length; at += 1) {
    if (source.startsWith('/*', at)) {
      depth += 1;
      at += 1;
    } else if (source.startsWith('*/', at)) {
      depth -= 1;
      at += 1;
      if (depth === 0) return at + 1;
    }
  }
  return source.length;
}

/** Offset of the first character that is neither space nor comment; null when there is none. */
function firstCode(text: string): number | null {
  let at = 0;
  while (at < text.length) {
    if (text.startsWith('--', at)) at = (text.indexOf('\n', at) + 1 || text.length + 1) - 1;
    else if (text.startsWith('/*', at)) at = blockCommentEnd(text, at) - 1;
    else if (/\S/.test(text[at]!)) return at;
    at += 1;
  }
  return null;
}
