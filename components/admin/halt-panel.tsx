'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useDesk } from '#components/desk/desk-context.tsx';
import { HaltDialog, type HaltTarget, targetKey } from '#components/desk/halt-dialog.tsx';
import { HALT_TONES, HaltList } from '#components/desk/halt-list.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import type { AdminUser } from '#lib/db/admin.ts';
import type { HaltView } from '#lib/db/platform.ts';
import { nameOf } from './name-of.ts';

const BROKERS = ['kis', 'ls', 'paper'] as const;

/** The kill switch of platform, brokers and people, and every halt that stands. */
export function HaltPanel({ users }: { users: readonly AdminUser[] }) {
  const t = useTranslations('admin.halt');
  const tHalt = useTranslations('shell.halt');
  const { halts } = useDesk();
  const [asked, setAsked] = useState<HaltTarget | null>(null);
  const level = halts.find((row) => row.scope === 'platform')?.level ?? 'none';
  const standing = halts.filter((row) => row.level !== 'none');
  const platform: HaltTarget = { scope: 'platform', scopeId: '', name: tHalt('scope.platform') };
  const targets: HaltTarget[] = [
    platform,
    ...BROKERS.map((id) => ({ scope: 'broker' as const, scopeId: id, name: tHalt('scope.broker', { name: id.toUpperCase() }) })),
    ...users.map((user) => ({ scope: 'user' as const, scopeId: user.id, name: user.name })),
  ];
  const targetOf = (halt: HaltView): HaltTarget =>
    targets.find((one) => targetKey(one) === targetKey(halt)) ?? {
      scope: halt.scope,
      scopeId: halt.scopeId,
      name: tHalt(`scope.${halt.scope === 'strategy' ? 'strategy' : 'account'}`, { name: halt.scopeId.slice(0, 8) }),
    };
  const shown = asked && !targets.some((one) => targetKey(one) === targetKey(asked)) ? [asked, ...targets] : targets;
  return (
    <div className="p-4">
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-sm">{t('now')}</span>
        <Badge tone={HALT_TONES[level]} className="px-2 py-1 text-sm">
          {tHalt(level)}
        </Badge>
        <Button variant={level === 'none' ? 'danger' : 'secondary'} size="sm" className="ml-auto" onClick={() => setAsked(platform)}>
          {t('set')}
        </Button>
      </div>
      <p className="mt-1 text-muted text-sm">{t('body')}</p>
      {standing.length > 0 ? (
        <HaltList
          className="mt-4"
          halts={standing}
          nameOf={(halt) => targetOf(halt).name}
          personOf={(id) => nameOf(users, id)}
          onChange={(halt) => setAsked(targetOf(halt))}
        />
      ) : (
        <p className="mt-4 text-muted text-sm">{t('none')}</p>
      )}
      {asked && (
        <HaltDialog
          targets={shown}
          initial={asked}
          standing={[]}
          nameOf={(halt) => targetOf(halt).name}
          isOpen
          onOpenChange={(isOpen) => !isOpen && setAsked(null)}
        />
      )}
    </div>
  );
}
