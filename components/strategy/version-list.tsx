'use client';
import { RotateCcw } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useAction } from '#components/desk/use-action.ts';
import { formatTime } from '#components/numbers/format.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import { strategyRepo, type VersionView } from '#lib/db/strategies.ts';
import { useDb } from '#lib/realtime/context.tsx';
import type { Draft } from './use-draft.ts';

/** Every saved version; none is ever changed. An older one can be taken as the start of the next. */
export function VersionList(props: {
  strategyId: string;
  versions: readonly VersionView[];
  current: number;
  draft: Draft;
  onLoaded: () => void;
}) {
  const t = useTranslations('strategies.versions');
  const db = useDb();
  const { isBusy, run } = useAction();
  const load = (version: number) =>
    run(async () => {
      const found = await strategyRepo(db).document(props.strategyId, version);
      if (found) props.draft.load(found.document, found.params);
      props.onLoaded();
    });
  if (props.versions.length === 0) return <EmptyState title={t('empty')} />;
  return (
    <ol className="divide-y rounded-md border">
      {props.versions.map((version) => (
        <li key={version.version} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2.5 text-sm">
          <span className="num w-10 font-semibold">v{version.version}</span>
          <span className="num text-muted">{formatTime(version.createdAt)}</span>
          <code className="text-faint text-xs" title={version.hash}>
            {version.hash.slice(0, 12)}
          </code>
          {Object.entries(version.params).map(([name, value]) => (
            <Badge key={name}>
              {name} {value}
            </Badge>
          ))}
          <span className="ml-auto">
            {version.version === props.current ? (
              <Badge tone="brand">{t('current')}</Badge>
            ) : (
              <Button size="sm" variant="ghost" disabled={isBusy || version.version === 0} onClick={() => void load(version.version)}>
                <RotateCcw aria-hidden />
                {t('load')}
              </Button>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}
