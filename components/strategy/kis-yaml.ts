import type { Fault } from '#domain/strategy/fault.ts';
import { type FromKis, readKisStrategy } from '#domain/strategy/kis/from-kis.ts';
import { writeKisStrategy } from '#domain/strategy/kis/to-kis.ts';
import type { StrategyDocument } from '#domain/strategy/schema.ts';

/** A strategy file has a few kilobytes; what is far larger is something else. */
const MOST_CHARACTERS = 200_000;
/** References within a file: a handful at most, and each could stand for the whole file again. */
const MOST_ALIASES = 50;

const refused = (ko: string, en: string, path = ''): FromKis => ({ draft: null, remarks: [{ code: 'yaml', path, ko, en }] });

/** The text of a `.kis.yaml` file as a document. Loads the YAML reader when it is first needed. */
export async function readKisYaml(text: string): Promise<FromKis> {
  if (text.length > MOST_CHARACTERS)
    return refused('전략 파일이라기에는 너무 큽니다. 파일을 확인하세요.', 'Too large for a strategy file. Check which file it is.');
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error)
    return refused(
      'YAML로 읽을 수 없습니다. 들여쓰기와 따옴표를 확인하세요.',
      'This is not YAML. Check indentation and quotes.',
      error.linePos ? `${error.linePos[0].line}:${error.linePos[0].col}` : '',
    );
  try {
    return readKisStrategy(document.toJS({ maxAliasCount: MOST_ALIASES }));
  } catch {
    return refused('참조가 너무 많아 읽지 않았습니다.', 'It has too many references and was not read.');
  }
}

/** A document as the text of a `.kis.yaml` file, and what that leaves out. */
export async function writeKisYaml(document: StrategyDocument): Promise<{ text: string; remarks: readonly Fault[] }> {
  const { file, remarks } = writeKisStrategy(document);
  const { stringify } = await import('yaml');
  return { text: stringify(file), remarks };
}
