'use client';
import { Check, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { toast } from 'sonner';
import { useAction } from '#components/desk/use-action.ts';
import { formatTime } from '#components/numbers/format.ts';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import { type AdminUser, adminRepo, type PermissionRequest, type Rights } from '#lib/db/admin.ts';
import { useDb } from '#lib/realtime/context.tsx';

/** The rights a request asks for, laid over what the person has; members nobody knows are left out. */
export function wantedRights(user: AdminUser, wanted: Record<string, unknown>): Rights {
  const flag = (name: string, now: boolean) => (typeof wanted[name] === 'boolean' ? (wanted[name] as boolean) : now);
  const won = (name: string, now: number | null) => (Number.isSafeInteger(wanted[name]) ? (wanted[name] as number) : now);
  return {
    canPaper: flag('can_paper_trade', user.canPaper),
    canReal: flag('can_real_trade', user.canReal),
    dailyTradeLimit: won('daily_trade_limit', user.dailyTradeLimit),
    maxPositionSize: won('max_position_size', user.maxPositionSize),
    dailyOrderLimit: won('daily_order_limit', user.dailyOrderLimit) ?? user.dailyOrderLimit,
    limitsExpireAt: user.limitsExpireAt,
  };
}

/** What people ask for. Granting sets the rights first, then closes the request. */
export function RequestsPanel({ users, onChanged }: { users: readonly AdminUser[]; onChanged: () => Promise<void> }) {
  const t = useTranslations('admin.requests');
  const db = useDb();
  const { isBusy, run } = useAction();
  const open = users.flatMap((user) => (user.request ? [{ user, request: user.request }] : []));
  const decide = async (user: AdminUser, request: PermissionRequest, isGranted: boolean) => {
    const isDone = await run(async () => {
      if (isGranted) await adminRepo(db).setRights(user.id, wantedRights(user, request.wanted));
      await adminRepo(db).decide(request.id, isGranted ? 'granted' : 'refused');
    });
    if (isDone) toast.success(t(isGranted ? 'granted' : 'refused', { name: user.name }));
    await onChanged();
  };
  if (open.length === 0) return <EmptyState title={t('empty')}>{t('emptyBody')}</EmptyState>;
  return (
    <ul className="divide-y">
      {open.map(({ user, request }) => (
        <li key={request.id} className="flex flex-wrap items-start justify-between gap-3 p-4">
          <div className="min-w-0">
            <p className="font-medium">
              {user.name} <span className="num font-normal text-faint text-xs">{formatTime(request.createdAt)}</span>
            </p>
            <p className="mt-1 text-sm">{request.reason || t('noReason')}</p>
            <ul className="mt-1 flex flex-wrap gap-1.5">
              {Object.entries(request.wanted).map(([name, value]) => (
                <li key={name} className="num rounded border bg-sunken px-1.5 py-0.5 text-xs">
                  {name}: {String(value)}
                </li>
              ))}
            </ul>
          </div>
          <div className="flex gap-2">
            <Button size="sm" disabled={isBusy} onClick={() => void decide(user, request, false)}>
              <X aria-hidden />
              {t('refuse')}
            </Button>
            <Button size="sm" variant="primary" disabled={isBusy} onClick={() => void decide(user, request, true)}>
              <Check aria-hidden />
              {t('grant')}
            </Button>
          </div>
        </li>
      ))}
    </ul>
  );
}
