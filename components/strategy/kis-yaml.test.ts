import { expect, test } from 'vitest';
import { strategyDocument } from '#domain/strategy/schema.ts';
import { goldenCross } from '#domain/strategy/templates/golden-cross.ts';
import { readKisYaml, writeKisYaml } from './kis-yaml.ts';

test('a document written as a file is read again with its entry and exit', async () => {
  const document = strategyDocument.parse({ ...goldenCross.document, name: '골든크로스' });
  const { text } = await writeKisYaml(document);
  expect(text).toContain('name: 골든크로스');
  const { draft } = await readKisYaml(text);
  expect([draft?.entry, draft?.exit].every((condition) => condition !== undefined)).toBe(true);
});

const bomb = `a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c]\nstrategy: *d`;
test.each([
  ['no YAML', 'strategy: [', /YAML/],
  ['another YAML', 'services: {}', /./],
  ['far too much', `# ${'x'.repeat(200_000)}`, /너무 큽니다/],
  ['references upon references', bomb, /참조/],
  ['nothing', '', /./],
])('%s is refused with a sentence', async (_, text, sentence) => {
  const { draft, remarks } = await readKisYaml(text);
  expect(draft).toBeNull();
  expect(remarks[0]?.ko).toMatch(sentence);
});
