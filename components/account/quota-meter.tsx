'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { StaleStrip } from '#components/desk/stale-strip.tsx';
import { cn } from '#components/ui/class-names.ts';
import { QUOTA_LANES, type QuotaView, quotaRepo } from '#lib/db/quotas.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { useNow } from '#lib/realtime/use-now.ts';
import { useReading } from '#lib/realtime/use-reading.ts';
import { quotaShare } from './quota-share.ts';

const REFRESH_MS = 10_000;
/** By lane; sells and buys in the colours they have everywhere. */
const TONE = ['bg-warn', 'bg-down', 'bg-brand', 'bg-up', 'bg-line-strong', 'bg-faint'] as const;

/** How much of the broker's call limit an account's key has used in the last minute, and for what. */
export function QuotaMeter({ accountId }: { accountId: string }) {
  const t = useTranslations('accounts.quota');
  const db = useDb();
  const now = useNow(REFRESH_MS);
  const [quota, setQuota] = useState<QuotaView | null>(null);
  const { reread, staleSince } = useReading(
    () => quotaRepo(db).mine(),
    (rows) => setQuota(rows.find((row) => row.accountId === accountId) ?? null),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again whenever the clock moves on.
  useEffect(() => void reread(), [reread, now]);
  if (!quota) return null;
  const { used, limit, isSlowed, widths } = quotaShare(quota);
  const words = QUOTA_LANES.flatMap((lane, at) => (quota.used[at] ? [`${t(`lane.${lane}`)} ${quota.used[at]}`] : []));
  return (
    <div className="mt-4 text-xs">
      <StaleStrip since={staleSince} isPolled />
      <div className="flex justify-between gap-2 text-muted">
        <span>{t('title')}</span>
        <span className="num">{t('used', { used, limit })}</span>
      </div>
      <div className="mt-1 flex h-1.5 overflow-hidden rounded-full bg-sunken" aria-hidden>
        {QUOTA_LANES.map((lane, at) => (
          <span key={lane} className={cn('h-full', TONE[at])} style={{ width: `${widths[at]}%` }} />
        ))}
      </div>
      <p className="num mt-1 text-muted">{words.join(' · ') || t('none')}</p>
      {isSlowed && <p className="mt-1 text-warn">{t('slowed', { now: quota.nowPerSecond.toFixed(1) })}</p>}
    </div>
  );
}
