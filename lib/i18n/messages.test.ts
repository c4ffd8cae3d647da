import { expect, test } from 'vitest';
import { en, ko } from './messages.ts';

type Tree = { [key: string]: string | Tree };
const flat = (tree: Tree, prefix = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  );
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)/g)].map((match) => match[1]).sort();

test('both languages have the same keys', () => {
  expect(flat(en).map(([key]) => key)).toEqual(flat(ko).map(([key]) => key));
});

test('a sentence takes the same values in both languages', () => {
  const korean = new Map(flat(ko));
  const different = flat(en).filter(([key, text]) => {
    const [ours, theirs] = [new Set(placeholders(text)), new Set(placeholders(korean.get(key) ?? ''))];
    return [...theirs].some((name) => name !== undefined && !ours.has(name));
  });
  expect(different).toEqual([]);
});
