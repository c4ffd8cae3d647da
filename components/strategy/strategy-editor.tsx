'use client';
import { Bot, ChartNoAxesCombined, FlaskConical, Save } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { toast } from 'sonner';
import { useAction } from '#components/desk/use-action.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardBody, CardHeader, PageHeader } from '#components/ui/card.tsx';
import { FormField } from '#components/ui/form.tsx';
import { Input, Textarea } from '#components/ui/input.tsx';
import { Notice } from '#components/ui/states.tsx';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '#components/ui/tabs.tsx';
import { liveFault } from '#domain/strategy/live-support.ts';
import type { StrategyDocument } from '#domain/strategy/schema.ts';
import type { InvestmentSettings } from '#lib/db/preferences.ts';
import { type DatasetView, type StrategyView, strategyRepo, type VersionDocument, type VersionView } from '#lib/db/strategies.ts';
import { AppError } from '#lib/errors.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { BacktestDialog } from './backtest-dialog.tsx';
import { DeployDialog } from './deploy-dialog.tsx';
import { FaultList } from './fault-list.tsx';
import { JsonEditor } from './json-editor.tsx';
import { ParamFields } from './param-fields.tsx';
import { PREVIEW_ID, StrategyPreview } from './preview/strategy-preview.tsx';
import { CostFields, SizingFields, StopFields } from './rule-fields.tsx';
import { StrategySentences } from './strategy-sentences.tsx';
import { UniverseFields } from './universe-fields.tsx';
import { type Draft, useDraft } from './use-draft.ts';
import { VersionList } from './version-list.tsx';

interface Props {
  readonly strategy: StrategyView;
  readonly saved: VersionDocument;
  readonly versions: readonly VersionView[];
  readonly datasets: readonly DatasetView[];
  readonly settings: InvestmentSettings;
}

/** The builder: form, sentences and JSON of one document; saving makes the next version. */
export function StrategyEditor({ strategy, saved, versions, datasets, settings }: Props) {
  const t = useTranslations('strategies');
  const router = useRouter();
  const db = useDb();
  const draft = useDraft(saved);
  const { isBusy, run } = useAction();
  const [tab, setTab] = useState('form');
  const [dialog, setDialog] = useState<'backtest' | 'deploy' | null>(null);
  const { program } = draft;

  /** Saves when something changed; gives the version that is now current. */
  const prepare = async () => {
    if (!program) throw new AppError('invalid_input', 'the document has faults');
    const { document, strategyHash: hash } = program;
    const { id, version } = draft.isChanged
      ? await strategyRepo(db).save({
          id: strategy.id,
          name: document.name,
          template: strategy.template,
          document,
          params: draft.params,
          hash,
        })
      : { id: strategy.id, version: saved.version };
    return { strategyId: id, version, document, params: draft.params };
  };
  const save = () =>
    run(async () => {
      const { version } = await prepare();
      toast.success(t('savedAs', { version }));
      router.refresh();
    });

  return (
    <>
      <PageHeader
        title={draft.document?.name ?? strategy.name}
        description={
          <span className="inline-flex flex-wrap items-center gap-2">
            <span className="num">v{saved.version}</span>
            {draft.document && <Badge>{t(`timeframe.${draft.document.timeframe}`)}</Badge>}
            {draft.isChanged && <Badge tone="warn">{t('unsaved')}</Badge>}
          </span>
        }
        actions={
          <>
            <Button isBusy={isBusy} disabled={!program || !draft.isChanged} onClick={() => void save()}>
              {!isBusy && <Save aria-hidden />}
              {t('save')}
            </Button>
            <Button variant="primary" disabled={!program} onClick={() => setDialog('backtest')}>
              <FlaskConical aria-hidden />
              {t('toBacktest')}
            </Button>
            <Button disabled={!program} onClick={() => setDialog('deploy')}>
              <Bot aria-hidden />
              {t('toDeploy')}
            </Button>
            <Button asChild variant="ghost" className="lg:hidden">
              <a href={`#${PREVIEW_ID}`}>
                <ChartNoAxesCombined aria-hidden />
                {t('preview.title')}
              </a>
            </Button>
          </>
        }
      />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <Card>
          <Tabs value={tab} onValueChange={setTab}>
            <TabsList className="px-2" aria-label={t('tabs.label')}>
              <TabsTrigger value="form">{t('tabs.form')}</TabsTrigger>
              <TabsTrigger value="json">{t('tabs.json')}</TabsTrigger>
              <TabsTrigger value="versions">{t('tabs.versions', { count: versions.length })}</TabsTrigger>
            </TabsList>
            <TabsContent value="form" className="p-4">
              {draft.document ? <DocumentForm draft={draft} document={draft.document} /> : <Notice tone="warn">{t('formClosed')}</Notice>}
            </TabsContent>
            <TabsContent value="json" className="p-4">
              <JsonEditor draft={draft} />
            </TabsContent>
            <TabsContent value="versions" className="p-4">
              <VersionList
                strategyId={strategy.id}
                versions={versions}
                current={saved.version}
                draft={draft}
                onLoaded={() => setTab('form')}
              />
            </TabsContent>
          </Tabs>
        </Card>
        <div className="flex min-w-0 flex-col gap-4 lg:sticky lg:top-17 lg:max-h-[calc(100dvh-5.25rem)] lg:overflow-y-auto">
          {draft.faults.length > 0 && <FaultList faults={draft.faults} />}
          <StrategyPreview program={program} settings={settings} />
          {program && (
            <Card>
              <CardHeader title={t('sentences.title')} detail={t('sentences.detail')} />
              <CardBody>
                <StrategySentences program={program} />
              </CardBody>
            </Card>
          )}
        </div>
      </div>
      {program && (
        <>
          <BacktestDialog
            isOpen={dialog === 'backtest'}
            onOpenChange={(open) => setDialog(open ? 'backtest' : null)}
            strategyName={program.document.name}
            timeframe={program.document.timeframe}
            datasets={datasets}
            settings={settings}
            prepare={prepare}
          />
          <DeployDialog
            isOpen={dialog === 'deploy'}
            onOpenChange={(open) => setDialog(open ? 'deploy' : null)}
            strategyName={program.document.name}
            symbols={program.document.universe.symbols}
            unfit={liveFault(program.document)}
            prepare={prepare}
          />
        </>
      )}
    </>
  );
}

function DocumentForm({ draft, document }: { draft: Draft; document: StrategyDocument }) {
  const t = useTranslations('strategies.form');
  return (
    <div className="flex flex-col gap-6">
      <div className="grid gap-4 sm:grid-cols-2">
        <FormField label={t('name')} error={draft.faultsAt('name').length > 0 ? t('nameMissing') : undefined}>
          {(control) => (
            <Input
              {...control}
              maxLength={100}
              value={document.name}
              onChange={(event) => draft.change((now) => ({ ...now, name: event.target.value }))}
            />
          )}
        </FormField>
        <FormField label={t('note')}>
          {(control) => (
            <Textarea
              {...control}
              className="min-h-9"
              rows={1}
              maxLength={2_000}
              value={document.note}
              onChange={(event) => draft.change((now) => ({ ...now, note: event.target.value }))}
            />
          )}
        </FormField>
      </div>
      <Part title={t('part.params')}>
        <ParamFields draft={draft} document={document} />
      </Part>
      <Part title={t('part.universe')}>
        <UniverseFields draft={draft} document={document} />
      </Part>
      <Part title={t('part.stops')}>
        <StopFields draft={draft} document={document} />
      </Part>
      <Part title={t('part.sizing')}>
        <SizingFields draft={draft} document={document} />
      </Part>
      <Part title={t('part.costs')}>
        <CostFields draft={draft} document={document} />
      </Part>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="border-t pt-4">
      <h3 className="mb-3 font-semibold text-sm">{title}</h3>
      {children}
    </section>
  );
}
