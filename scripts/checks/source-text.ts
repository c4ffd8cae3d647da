/** Source text prepared for pattern rules: same length and lines as the file, with what is not code blanked out. */
export interface SourceText {
  /** Comments blanked; strings kept, so that module names can be read. */
  readonly withoutComments: string;
  /** Comments and the insides of strings, templates and regular expressions blanked. */
  readonly code: string;
}

/** A `/` after one of these starts a regular expression. Not `<` and `}`: those end JSX tags more often. */
const BEFORE_REGEX = /[(,=:[!&|?;+\-*%~^>]|\breturn|=>$/;

/** Blanks comments and literals. Knows nothing of types or syntax beyond that; a misread literal ends at its line. */
export function readSource(text: string): SourceText {
  const withoutComments = [...text];
  const code = [...text];
  // Templates nest: `a ${ `b` } c`. Each entry counts the braces open inside one `${`.
  const templates: number[] = [];
  const blank = (target: string[], from: number, to: number) => {
    for (let i = from; i < to && i < text.length; i++) if (target[i] !== '\n') target[i] = ' ';
  };
  const blankLiteral = (from: number, to: number) => blank(code, from + 1, to - 1);
  const units = text.split('');
  let at = 0;

  const endOfQuoted = (start: number): number => {
    for (let i = start + 1; i < text.length && units[i] !== '\n'; i++) {
      if (units[i] === '\\') i++;
      else if (units[i] === units[start]) return i + 1;
    }
    return start + 1;
  };
  const endOfTemplatePart = (start: number): { end: number; isOpen: boolean } => {
    for (let i = start; i < text.length; i++) {
      if (units[i] === '\\') i++;
      else if (units[i] === '`') return { end: i + 1, isOpen: false };
      else if (units[i] === '$' && units[i + 1] === '{') return { end: i + 2, isOpen: true };
    }
    return { end: text.length, isOpen: false };
  };
  const endOfRegex = (start: number): number | null => {
    let isInClass = false;
    for (let i = start + 1; i < text.length && units[i] !== '\n'; i++) {
      if (units[i] === '\\') i++;
      else if (units[i] === '[') isInClass = true;
      else if (units[i] === ']') isInClass = false;
      else if (units[i] === '/' && !isInClass) return i + 1;
    }
    return null;
  };
  const template = (from: number) => {
    const { end, isOpen } = endOfTemplatePart(from);
    blank(code, from, end - 1);
    if (isOpen) templates.push(0);
    at = end;
  };

  while (at < text.length) {
    const char = units[at] as string;
    const next = units[at + 1];
    if (char === '/' && (next === '/' || next === '*')) {
      const close = next === '/' ? text.indexOf('\n', at) : text.indexOf('*/', at + 2) + 2;
      const end = close <= at ? text.length : close;
      blank(withoutComments, at, end);
      blank(code, at, end);
      at = end;
    } else if (char === "'" || char === '"') {
      const end = endOfQuoted(at);
      blankLiteral(at, end);
      at = end;
    } else if (char === '`') {
      template(at + 1);
    } else if (char === '{' && templates.length > 0) {
      templates[templates.length - 1] = (templates.at(-1) as number) + 1;
      at++;
    } else if (char === '}' && templates.length > 0) {
      const open = templates.pop() as number;
      if (open === 0) template(at + 1);
      else {
        templates.push(open - 1);
        at++;
      }
    } else if (char === '/' && startsRegex(code, at)) {
      const end = endOfRegex(at) ?? at + 1;
      blankLiteral(at, end);
      at = end;
    } else at++;
  }
  return { withoutComments: withoutComments.join(''), code: code.join('') };
}

function startsRegex(code: readonly string[], at: number): boolean {
  const before = code
    .slice(Math.max(0, at - 40), at)
    .join('')
    .trimEnd();
  return before === '' || BEFORE_REGEX.test(before.slice(-1)) || /(\breturn|=>)$/.test(before);
}

/** The line (from 1) of a position. */
export function lineAt(text: string, position: number): number {
  let line = 1;
  for (let i = text.indexOf('\n'); i !== -1 && i < position; i = text.indexOf('\n', i + 1)) line++;
  return line;
}

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** `import type` and `export type` leave nothing at run time; `import { type A }` still loads the module. */
  readonly isTypeOnly: boolean;
}

const STATEMENT = /\b(?:import|export)(\s+type\b)?(?:[\s\w*{},$]*?\bfrom)?\s*(['"])([^'"\n]+)\2/g;
const CALL = /\b(?:import|require)\s*\(\s*(['"])([^'"\n]+)\1/g;
const WORKER = /\bnew\s+(?:Shared)?Worker\s*\(\s*new\s+URL\s*\(\s*(['"])([^'"\n]+)\1\s*,\s*import\.meta\.url/g;

/** Everything a file loads, in order. */
export function importsOf({ withoutComments, code }: SourceText): readonly Import[] {
  const isCode = (match: RegExpMatchArray) => /\S/.test(code[match.index as number] ?? ' ');
  const line = (match: RegExpMatchArray) => lineAt(withoutComments, (match.index as number) + match[0].length - 1);
  const statements = [...withoutComments.matchAll(STATEMENT)].filter(isCode).map((match) => {
    const isTypeOnly = match[1] !== undefined && !/^\s+type\s+from\b/.test(match[0].slice(6));
    return { specifier: match[3] as string, line: line(match), isTypeOnly };
  });
  const calls = [...withoutComments.matchAll(CALL), ...withoutComments.matchAll(WORKER)]
    .filter(isCode)
    .map((match) => ({ specifier: match[2] as string, line: line(match), isTypeOnly: false }));
  return [...statements, ...calls];
}
