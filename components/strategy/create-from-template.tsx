'use client';
import { Plus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { useAction } from '#components/desk/use-action.ts';
import { Button } from '#components/ui/button.tsx';
import { compileStrategy } from '#domain/strategy/compile.ts';
import { TEMPLATES } from '#domain/strategy/templates/list.ts';
import { strategyRepo } from '#lib/db/strategies.ts';
import { AppError } from '#lib/errors.ts';
import { toLocale } from '#lib/i18n/locale.ts';
import { useDb } from '#lib/realtime/context.tsx';

/** Makes a strategy of one's own from a template and opens it. */
export function CreateFromTemplate({ templateId }: { templateId: string }) {
  const t = useTranslations('strategies');
  const locale = toLocale(useLocale());
  const router = useRouter();
  const db = useDb();
  const { isBusy, run } = useAction();
  const create = () =>
    run(async () => {
      const template = TEMPLATES.find(({ id }) => id === templateId);
      const name = template?.[locale].name ?? templateId;
      const compiled = compileStrategy({ ...template?.document, name });
      if (!compiled.ok) throw new AppError('invalid_input', 'the template does not compile', { detail: { faults: compiled.faults } });
      const { document, strategyHash: hash } = compiled.program;
      const { id } = await strategyRepo(db).save({ id: null, name, template: templateId, document, params: {}, hash });
      router.push(`/strategies/${id}`);
    });
  return (
    <Button variant="primary" size="sm" isBusy={isBusy} onClick={create}>
      {!isBusy && <Plus aria-hidden />}
      {t('template.use')}
    </Button>
  );
}
