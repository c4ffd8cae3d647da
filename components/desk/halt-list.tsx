'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { formatAge, formatTime } from '#components/numbers/format.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { cn } from '#components/ui/class-names.ts';
import { type HaltProgress, type HaltView, platformRepo } from '#lib/db/platform.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { useNow } from '#lib/realtime/use-now.ts';
import { useReading } from '#lib/realtime/use-reading.ts';
import { useDesk } from './desk-context.tsx';
import { StaleStrip } from './stale-strip.tsx';
import { useReread } from './use-reread.ts';

export const HALT_TONES = { none: 'ok', pause_entries: 'warn', reduce_only: 'warn', halt: 'danger', cancel_all: 'danger' } as const;
/** A cancel-all is looked at this often while it is on the screen. */
const PROGRESS_MS = 2_000;

/** Halts that stand: what is stopped and how far, by whom or by what, why, and since when. */
export function HaltList(props: {
  halts: readonly HaltView[];
  /** The name of what is stopped. */
  nameOf: (halt: HaltView) => string;
  /** The name of who did it; without it only oneself and "an administrator" are told apart. */
  personOf?: (userId: string) => string;
  onChange?: (halt: HaltView) => void;
  className?: string;
}) {
  const t = useTranslations('shell.halt');
  const { user, locale } = useDesk();
  const now = useNow(5_000);
  const who = ({ cause, setBy }: HaltView): string => {
    if (cause !== 'person') return t('automatic');
    if (setBy === user.id) return t('you');
    return (setBy && props.personOf?.(setBy)) || t('administrator');
  };
  return (
    <ul className={cn('divide-y rounded-md border', props.className)} aria-label={t('standing')}>
      {props.halts.map((halt) => (
        <li key={`${halt.scope}:${halt.scopeId}`} className="flex flex-wrap items-center gap-x-2 gap-y-1 px-3 py-2 text-sm">
          <Badge tone={HALT_TONES[halt.level]}>{t(halt.level)}</Badge>
          <span className="font-medium">{props.nameOf(halt)}</span>
          <span className="text-muted text-xs">{who(halt)}</span>
          <span className="num ml-auto text-faint text-xs">
            {formatTime(halt.updatedAt)}
            {now !== null && ` · ${t('since', { age: formatAge(Math.max(0, now - Date.parse(halt.updatedAt)), locale) })}`}
          </span>
          <p className="basis-full text-muted text-xs">{halt.cause === 'person' ? halt.reason || t('noReason') : <Cause halt={halt} />}</p>
          {halt.level === 'cancel_all' && (user.isAdmin || !isForEverybody(halt)) && <Progress halt={halt} />}
          {props.onChange && (
            <Button size="sm" className="ml-auto" onClick={() => props.onChange?.(halt)}>
              {t('change')}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Progress over everybody's orders is the administrators' to see. */
const isForEverybody = ({ scope }: HaltView): boolean => scope === 'platform' || scope === 'broker';

/** What stopped trading by itself, with its figures. */
function Cause({ halt }: { halt: HaltView }) {
  const t = useTranslations('shell.halt');
  const figure = (name: string): string => String(halt.numbers[name] ?? '?');
  const key = `cause.${halt.cause}` as 'cause.unknown_age';
  return t.has(key) ? t(key, { seconds: figure('seconds'), orders: figure('orders'), loss: figure('loss') }) : halt.cause;
}

function Progress({ halt: { scope, scopeId } }: { halt: HaltView }) {
  const t = useTranslations('shell.halt');
  const db = useDb();
  const [progress, setProgress] = useState<HaltProgress | null>(null);
  const { reread, staleSince } = useReading(() => platformRepo(db).haltProgress(scope, scopeId), setProgress);
  useEffect(() => void reread(), [reread]);
  useReread(reread, progress?.left === 0 ? null : PROGRESS_MS);
  if (!progress) return null;
  return (
    <>
      <StaleStrip since={staleSince} isPolled />
      <p className="num basis-full text-xs" role="status">
        {t(progress.left === 0 ? 'progressDone' : 'progress', { ...progress })}
      </p>
    </>
  );
}
