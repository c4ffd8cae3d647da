import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Button } from '#components/ui/button.tsx';
import { Card, CardBody, CardHeader, PageHeader } from '#components/ui/card.tsx';
import { Notice } from '#components/ui/states.tsx';
import type { StrategyView } from '#lib/db/strategies.ts';

/** A strategy of the earlier system: kept as it was, shown, never run. */
export function LegacyStrategy({ strategy, document }: { strategy: StrategyView; document: unknown }) {
  const t = useTranslations('strategies.legacy');
  return (
    <>
      <PageHeader
        title={strategy.name}
        actions={
          <Button asChild>
            <Link href="/strategies">{t('back')}</Link>
          </Button>
        }
      />
      <Notice tone="warn" className="mb-4">
        {t('body')}
      </Notice>
      {document !== null && (
        <Card>
          <CardHeader title={t('stored')} />
          <CardBody>
            <pre className="max-h-[32rem] overflow-auto whitespace-pre-wrap text-xs">{JSON.stringify(document, null, 2)}</pre>
          </CardBody>
        </Card>
      )}
    </>
  );
}
