import { useLocale, useTranslations } from 'next-intl';
import type { Program } from '#domain/strategy/compile.ts';
import { describeStrategy, type Sentence } from '#domain/strategy/describe.ts';
import { toLocale } from '#lib/i18n/locale.ts';

/** The whole strategy in the reader's language. */
export function StrategySentences({ program }: { program: Program }) {
  const t = useTranslations('strategies.part');
  const locale = toLocale(useLocale());
  return (
    <dl className="flex flex-col gap-3 text-sm">
      {describeStrategy(program, locale).map(({ part, sentences }) => (
        <div key={part}>
          <dt className="font-medium text-muted text-xs">{t(part)}</dt>
          <dd className="mt-0.5 flex flex-col gap-1 leading-relaxed">
            {sentences.map((sentence) => (
              <Told key={sentence.text} sentence={sentence} />
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Told({ sentence }: { sentence: Sentence }) {
  return (
    <div>
      {sentence.text}
      {sentence.items.length > 0 && (
        <ul className="mt-0.5 ml-1 list-disc border-line border-l-2 pl-5">
          {sentence.items.map((item) => (
            <li key={item.text}>
              <Told sentence={item} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
