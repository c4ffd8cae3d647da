'use client';
import { Plus } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { Button } from '#components/ui/button.tsx';
import { TEMPLATES } from '#domain/strategy/templates/list.ts';
import { toLocale } from '#lib/i18n/locale.ts';
import { useCreateStrategy } from './use-create-strategy.ts';

/** Makes a strategy of one's own from a template and opens it. */
export function CreateFromTemplate({ templateId }: { templateId: string }) {
  const t = useTranslations('strategies');
  const locale = toLocale(useLocale());
  const { isBusy, create } = useCreateStrategy();
  const template = TEMPLATES.find(({ id }) => id === templateId);
  if (!template) return null;
  const start = () => void create({ ...template.document, name: template[locale].name }, templateId);
  return (
    <Button variant="primary" size="sm" isBusy={isBusy} onClick={start}>
      {!isBusy && <Plus aria-hidden />}
      {t('template.use')}
    </Button>
  );
}
