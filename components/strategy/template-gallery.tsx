import { useLocale, useTranslations } from 'next-intl';
import { Badge } from '#components/ui/badge.tsx';
import { Card } from '#components/ui/card.tsx';
import { TEMPLATES } from '#domain/strategy/templates/list.ts';
import { toLocale } from '#lib/i18n/locale.ts';
import { CreateFromTemplate } from './create-from-template.tsx';

/** Strategies people know, each with one paragraph on when it earns and when it loses. */
export function TemplateGallery() {
  const t = useTranslations('strategies');
  const locale = toLocale(useLocale());
  return (
    <section aria-labelledby="templates-title">
      <h2 id="templates-title" className="mb-1 font-semibold text-base">
        {t('template.title')}
      </h2>
      <p className="mb-3 text-muted text-sm">{t('template.body')}</p>
      <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
        {TEMPLATES.map((template) => (
          <li key={template.id}>
            <Card className="flex h-full flex-col p-4">
              <div className="flex items-start justify-between gap-2">
                <h3 className="font-semibold">{template[locale].name}</h3>
                <Badge>{t(`timeframe.${template.document.timeframe}`)}</Badge>
              </div>
              <p className="mt-2 mb-4 flex-1 text-muted text-sm">{template[locale].about}</p>
              <div>
                <CreateFromTemplate templateId={template.id} />
              </div>
            </Card>
          </li>
        ))}
      </ul>
    </section>
  );
}
