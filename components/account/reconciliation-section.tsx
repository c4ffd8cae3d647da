'use client';
import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { toast } from 'sonner';
import { useDesk } from '#components/desk/desk-context.tsx';
import { useAction } from '#components/desk/use-action.ts';
import { formatAge, formatPercent, formatTime } from '#components/numbers/format.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { type BreakView, type CorporateActionView, reconciliationRepo } from '#lib/db/reconciliation-web.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { useNow } from '#lib/realtime/use-now.ts';
import { CashFlowList } from './cash-flow-list.tsx';
import { ReasonDialog } from './reason-dialog.tsx';
import { useReconciliation } from './use-reconciliation.ts';

/** Corporate actions have a list of their own. */
type Difference = Omit<BreakView, 'kind'> & { readonly kind: Exclude<BreakView['kind'], 'corporate_action'> };
/** What a person is about to confirm about a symbol. */
interface Question {
  readonly title: string;
  readonly body: string;
  readonly answer: (reason: string) => Promise<void>;
}

/** Whether an account agrees with its broker: the last run, what differs and since when, and cash nobody has explained. */
export function ReconciliationSection({ accountId }: { accountId: string }) {
  const t = useTranslations('accounts.reconciliation');
  const db = useDb();
  const { state, isStale, reread } = useReconciliation(accountId);
  const { positions, locale } = useDesk();
  const { isBusy, run } = useAction();
  const [question, setQuestion] = useState<Question | null>(null);
  const now = useNow(10_000);
  if (!state) return isStale ? <p className="mt-4 border-t pt-3 text-warn text-xs">{t('unread')}</p> : null;
  const repo = reconciliationRepo(db);
  const nameOf = (symbol: string) => positions.find((row) => row.symbol === symbol)?.name ?? symbol;
  const ask = (asked: Omit<Question, 'answer'>, answer: (reason: string) => Promise<void>) => setQuestion({ ...asked, answer });
  const accept = (row: Difference) =>
    ask({ title: t('acceptTitle', { name: nameOf(row.symbol) }), body: t(`acceptBody.${row.kind}`, { theirs: row.theirs }) }, (reason) =>
      repo.acceptBreak(row.id, reason),
    );
  const settle = (row: CorporateActionView, isAccepted: boolean) =>
    ask(
      {
        title: t(isAccepted ? 'applyTitle' : 'dismissTitle', { name: nameOf(row.symbol) }),
        body: t(isAccepted ? 'applyBody' : 'dismissBody'),
      },
      (reason) => repo.settleCorporateAction(row.id, isAccepted, reason),
    );
  const confirm = async (reason: string) => {
    const isDone = await run(async () => question?.answer(reason));
    if (isDone) {
      setQuestion(null);
      toast.success(t('done'));
    }
    await reread();
  };
  const age = (since: string) => t('since', { age: formatAge((now ?? Date.parse(since)) - Date.parse(since), locale) });
  const differences = state.breaks.flatMap((row) => (row.kind === 'corporate_action' ? [] : [{ ...row, kind: row.kind }]));
  return (
    <section className="mt-4 space-y-3 border-t pt-3 text-xs" aria-label={t('title')}>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <span className="text-muted">{state.run ? t('last', { at: formatTime(state.run.endedAt) }) : t('never')}</span>
        {state.run && <Badge tone={state.run.isAgreed ? 'ok' : 'warn'}>{t(state.run.isAgreed ? 'agreed' : 'differs')}</Badge>}
      </div>
      {isStale && <p className="text-warn">{t('stale')}</p>}
      {state.returnRate !== null && (
        <p className="flex justify-between gap-2">
          <span className="text-muted">{t('return')}</span>
          <span className="num">{formatPercent(state.returnRate)}</span>
        </p>
      )}
      {differences.length > 0 && (
        <List title={t('breaks')}>
          {differences.map((row) => (
            <Line
              key={row.id}
              name={nameOf(row.symbol)}
              figures={t(`figures.${row.kind}`, { ours: row.ours, theirs: row.theirs })}
              note={row.isAccepted ? t('waiting') : age(row.openedAt)}
            >
              <Button size="sm" disabled={isBusy || row.isAccepted} onClick={() => accept(row)}>
                {t('accept')}
              </Button>
            </Line>
          ))}
        </List>
      )}
      {state.actions.length > 0 && (
        <List title={t('actions')}>
          {state.actions.map((row) => (
            <Line
              key={row.id}
              name={nameOf(row.symbol)}
              figures={
                row.theirs === null
                  ? t('factor', { factor: row.factor.toFixed(4) })
                  : t('figures.holding', { ours: row.ours, theirs: row.theirs })
              }
              note={t('paused')}
            >
              <Button size="sm" disabled={isBusy} onClick={() => settle(row, false)}>
                {t('dismiss')}
              </Button>
              <Button size="sm" variant="primary" disabled={isBusy} onClick={() => settle(row, true)}>
                {t('apply')}
              </Button>
            </Line>
          ))}
        </List>
      )}
      {state.shares.length > 0 && (
        <details>
          <summary className="cursor-pointer text-muted">{t('shares')}</summary>
          <ul className="divide-y">
            {state.shares.map((row) => (
              <li key={row.symbol} className="flex flex-wrap justify-between gap-2 py-1.5">
                <span className="truncate font-medium">{nameOf(row.symbol)}</span>
                <span className="num text-muted">{t('shareOf', { strategies: row.strategies, own: row.own, all: row.quantity })}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      <CashFlowList flows={state.flows} onChanged={reread} />
      <ReasonDialog question={question} isBusy={isBusy} onConfirm={confirm} onClose={() => setQuestion(null)} />
    </section>
  );
}

function List({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <h3 className="font-medium text-warn">{title}</h3>
      <ul className="divide-y">{children}</ul>
    </div>
  );
}

function Line({ name, figures, note, children }: { name: string; figures: string; note: string; children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-2 py-2">
      <div className="min-w-0">
        <p className="truncate font-medium text-sm">{name}</p>
        <p className="num text-muted">
          {figures} · {note}
        </p>
      </div>
      <div className="flex gap-2">{children}</div>
    </li>
  );
}
