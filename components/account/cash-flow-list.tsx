'use client';
import { useLocale, useTranslations } from 'next-intl';
import { toast } from 'sonner';
import { useAction } from '#components/desk/use-action.ts';
import { formatDay, formatSignedWon } from '#components/numbers/format.ts';
import { Select } from '#components/ui/select.tsx';
import { CASH_FLOW_KINDS, type CashFlowKind, type CashFlowView, reconciliationRepo } from '#lib/db/reconciliation-web.ts';
import { toLocale } from '#lib/i18n/locale.ts';
import { useDb } from '#lib/realtime/context.tsx';

/** How many flows are shown beside those that nobody has classified. */
const SHOWN = 3;

/** What a flow can have been, by the way it went; the database refuses the others too. */
export function kindsFor(amount: number): readonly CashFlowKind[] {
  const other = amount > 0 ? ['withdrawal', 'tax', 'fee'] : ['deposit', 'dividend'];
  return CASH_FLOW_KINDS.filter((kind) => !other.includes(kind));
}

/** Those that wait for a word first, then the newest. */
export function shownFlows(flows: readonly CashFlowView[]): readonly CashFlowView[] {
  const waits = flows.filter((flow) => flow.kind === 'unclassified');
  return [...waits, ...flows.filter((flow) => flow.kind !== 'unclassified').slice(0, SHOWN)];
}

/** Cash that came or went without a trade; its owner says what it was. */
export function CashFlowList({ flows, onChanged }: { flows: readonly CashFlowView[]; onChanged: () => Promise<void> }) {
  const t = useTranslations('accounts.cashFlow');
  const locale = toLocale(useLocale());
  const db = useDb();
  const { isBusy, run } = useAction();
  const shown = shownFlows(flows);
  if (shown.length === 0) return null;
  const classify = async (flow: CashFlowView, kind: CashFlowKind) => {
    if (await run(() => reconciliationRepo(db).classify(flow.id, kind))) toast.success(t('saved'));
    await onChanged();
  };
  return (
    <div>
      <h3 className="font-medium">{t('title')}</h3>
      <ul className="divide-y">
        {shown.map((flow) => {
          const figure = formatSignedWon(flow.amount, locale);
          return (
            <li key={flow.id} className="flex flex-wrap items-center justify-between gap-2 py-2">
              <div>
                <p className="num font-medium text-sm">{figure}</p>
                <p className="num text-muted">{formatDay(flow.at)}</p>
              </div>
              <Select
                className="w-36"
                label={t('what', { amount: figure })}
                placeholder={t('unclassified')}
                value={flow.kind === 'unclassified' ? '' : flow.kind}
                disabled={isBusy}
                onValueChange={(kind) => void classify(flow, kind as CashFlowKind)}
                options={kindsFor(flow.amount).map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
