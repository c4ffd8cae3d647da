'use client';
import { Bot, Pause, Play, Square } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useCallback, useState } from 'react';
import { toast } from 'sonner';
import { z } from 'zod';
import { useDesk } from '#components/desk/desk-context.tsx';
import { ModeBadge } from '#components/desk/mode-badge.tsx';
import { StaleStrip } from '#components/desk/stale-strip.tsx';
import { useAction } from '#components/desk/use-action.ts';
import { useReread } from '#components/desk/use-reread.ts';
import { useInstruments } from '#components/market/use-instruments.ts';
import { formatAge, formatShortWon, formatTime, formatWon } from '#components/numbers/format.ts';
import { Badge, type BadgeTone } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { Dialog, DialogActions, DialogClose, DialogContent } from '#components/ui/dialog.tsx';
import { EmptyState, Notice } from '#components/ui/states.tsx';
import { type DeploymentView, deploymentRepo, deploymentRow } from '#lib/db/deployments.ts';
import { autoRepo, type HoldingView, type RunView, runRow } from '#lib/db/deployments-web.ts';
import type { StrategyView } from '#lib/db/strategies.ts';
import { useRealtime } from '#lib/realtime/context.tsx';
import { olderOf } from '#lib/realtime/reading.ts';
import { deploymentsTopic, executionsTopic } from '#lib/realtime/topics.ts';
import { useNow } from '#lib/realtime/use-now.ts';
import { useReading } from '#lib/realtime/use-reading.ts';
import { useTopic } from '#lib/realtime/use-topic.ts';
import { HoldingList } from './holding-list.tsx';
import { RunList } from './run-list.tsx';

interface Props {
  readonly deployments: readonly DeploymentView[];
  readonly runs: readonly RunView[];
  readonly holdings: readonly HoldingView[];
  readonly strategies: readonly Pick<StrategyView, 'id' | 'name'>[];
}
const TONES: Record<DeploymentView['state'], BadgeTone> = { running: 'ok', paused: 'warn', stopped: 'neutral', error: 'danger' };
const RUNS_KEPT = 200;
const REREAD_MS = 20_000;

/** Every deployment with its state, what it holds and what it decided last. */
export function AutoScreen(props: Props) {
  const t = useTranslations('auto');
  const { client, userId } = useRealtime();
  const { settings, locale } = useDesk();
  const now = useNow(1_000);
  const [deployments, setDeployments] = useState(props.deployments);
  const [runs, setRuns] = useState(props.runs);
  const [holdings, setHoldings] = useState(props.holdings);
  const { instruments } = useInstruments();
  const symbolName = useCallback(
    (symbol: string) => {
      const row = instruments?.find((one) => one.symbol === symbol);
      return row ? (locale === 'en' && row.nameEn ? row.nameEn : row.nameKo) : symbol;
    },
    [instruments, locale],
  );
  const show = useCallback((row: DeploymentView) => {
    setDeployments((shown) =>
      shown.some(({ id }) => id === row.id) ? shown.map((one) => (one.id === row.id ? row : one)) : [row, ...shown],
    );
  }, []);
  const repo = autoRepo(client);
  const held = useReading(repo.holdings, setHoldings);
  const all = useReading(
    () => Promise.all([repo.deployments(), repo.runs(), held.reread()]),
    ([nextDeployments, nextRuns]) => {
      setDeployments(nextDeployments);
      setRuns(nextRuns);
    },
  );
  const staleSince = olderOf(all.staleSince, held.staleSince);
  useTopic(
    deploymentsTopic(userId),
    { deployment_changed: deploymentRow, run_added: runRow },
    (message) => {
      if (message.event === 'deployment_changed') return all.overlay(() => show(message.payload as DeploymentView));
      const run = message.payload as RunView;
      all.overlay(() =>
        setRuns((shown) =>
          [run, ...shown.filter((one) => one.deploymentId !== run.deploymentId || one.tick !== run.tick)].slice(0, RUNS_KEPT),
        ),
      );
      if (run.finishedAt) void held.reread();
    },
    all.reread,
  );
  useTopic(executionsTopic(userId), { execution_added: z.looseObject({}) }, held.reread);
  useReread(all.reread, REREAD_MS);

  if (deployments.length === 0)
    return (
      <Card>
        <StaleStrip since={staleSince} />
        <EmptyState
          icon={<Bot />}
          title={t('empty.title')}
          action={
            <Button asChild variant="primary">
              <Link href="/strategies">{t('empty.action')}</Link>
            </Button>
          }
        >
          {t('empty.body')}
        </EmptyState>
      </Card>
    );
  const active = deployments.filter(({ state }) => state !== 'stopped');
  const stopped = deployments.filter(({ state }) => state === 'stopped');
  const nameOf = (deployment: DeploymentView) => props.strategies.find(({ id }) => id === deployment.strategyId)?.name ?? t('goneStrategy');
  return (
    <div className="flex flex-col gap-4">
      {!settings.autoEnabled && <Notice tone="warn">{t('autoOff')}</Notice>}
      <StaleStrip since={staleSince} />
      {active.map((deployment) => (
        <DeploymentCard
          key={deployment.id}
          deployment={deployment}
          name={nameOf(deployment)}
          runs={runs.filter(({ deploymentId }) => deploymentId === deployment.id)}
          holdings={holdings.filter(({ deploymentId }) => deploymentId === deployment.id)}
          symbolName={symbolName}
          now={now}
        />
      ))}
      {active.length === 0 && (
        <Card>
          <EmptyState title={t('noneActive')} />
        </Card>
      )}
      {stopped.length > 0 && (
        <Card>
          <CardHeader title={t('stoppedTitle')} detail={t('stoppedCount', { count: stopped.length })} />
          <ul className="divide-y">
            {stopped.map((deployment) => (
              <li key={deployment.id} className="flex flex-wrap items-center gap-x-3 px-4 py-2.5 text-sm">
                <Link href={`/strategies/${deployment.strategyId}`} className="font-medium hover:text-brand hover:underline">
                  {nameOf(deployment)}
                </Link>
                <span className="num text-muted">v{deployment.version}</span>
                <span className="num text-muted">{formatShortWon(deployment.capital, locale)}</span>
                <span className="num ml-auto text-faint text-xs">{formatTime(deployment.updatedAt)}</span>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </div>
  );
}

function DeploymentCard(props: {
  deployment: DeploymentView;
  name: string;
  runs: readonly RunView[];
  holdings: readonly HoldingView[];
  symbolName: (symbol: string) => string;
  now: number | null;
}) {
  const t = useTranslations('auto');
  const { deployment, name, runs, holdings, now } = props;
  const { accounts, locale } = useDesk();
  const account = accounts.find(({ id }) => id === deployment.accountId);
  const symbols = deployment.symbols.map(props.symbolName);
  return (
    <Card>
      <CardHeader
        title={
          <Link href={`/strategies/${deployment.strategyId}`} className="hover:text-brand hover:underline">
            {name} <span className="num font-normal text-muted">v{deployment.version}</span>
          </Link>
        }
        detail={
          <span className="inline-flex items-center gap-1.5">
            <Badge tone={TONES[deployment.state]}>{t(`state.${deployment.state}`)}</Badge>
            {account && <ModeBadge isPaper={account.isPaper} />}
          </span>
        }
        actions={
          <DeploymentActions deployment={deployment} name={name} holdings={holdings.filter(({ quantity }) => quantity > 0).length} />
        }
      />
      {deployment.stateReason && (
        <Notice tone={deployment.state === 'error' ? 'danger' : 'warn'} className="m-3 mb-0">
          {deployment.stateReason}
        </Notice>
      )}
      <dl className="grid grid-cols-2 gap-px border-b bg-line text-sm sm:grid-cols-4">
        {[
          [t('account'), account ? account.label || account.mask : '—'],
          [t('capital'), formatWon(deployment.capital, locale)],
          [t('symbols'), symbols.slice(0, 3).join(', ') + (symbols.length > 3 ? ` ${t('more', { count: symbols.length - 3 })}` : '')],
          [
            t('lastTick'),
            deployment.lastTick && now !== null ? t('ago', { age: formatAge(now - Date.parse(deployment.lastTick), locale) }) : t('notYet'),
          ],
        ].map(([label, value]) => (
          <div key={label} className="bg-surface px-4 py-2">
            <dt className="text-muted text-xs">{label}</dt>
            <dd className="num truncate" title={value}>
              {value}
            </dd>
          </div>
        ))}
      </dl>
      <div className="grid lg:grid-cols-2 lg:divide-x">
        <HoldingList holdings={holdings} symbolName={props.symbolName} />
        <RunList runs={runs.slice(0, 8)} symbolName={props.symbolName} />
      </div>
    </Card>
  );
}

/** Start, pause, stop. Stopping is for good, so it asks. */
function DeploymentActions({ deployment, name, holdings }: { deployment: DeploymentView; name: string; holdings: number }) {
  const t = useTranslations('auto');
  const { client } = useRealtime();
  const { isBusy, run } = useAction();
  const [isAsking, setIsAsking] = useState(false);
  const set = async (state: 'running' | 'paused' | 'stopped') => {
    if (await run(() => deploymentRepo(client).setState(deployment.id, state))) toast.success(t(`done.${state}`, { name }));
    setIsAsking(false);
  };
  return (
    <>
      {deployment.state === 'running' ? (
        <Button size="sm" isBusy={isBusy} onClick={() => void set('paused')}>
          <Pause aria-hidden />
          {t('pause')}
        </Button>
      ) : (
        <Button size="sm" variant="primary" isBusy={isBusy} onClick={() => void set('running')}>
          <Play aria-hidden />
          {t('start')}
        </Button>
      )}
      <Button size="sm" variant="danger-outline" disabled={isBusy} onClick={() => setIsAsking(true)}>
        <Square aria-hidden />
        {t('stop')}
      </Button>
      <Dialog open={isAsking} onOpenChange={setIsAsking}>
        <DialogContent title={t('stopTitle', { name })} description={t('stopBody', { count: holdings })}>
          <DialogActions>
            <DialogClose asChild>
              <Button>{t('keep')}</Button>
            </DialogClose>
            <Button variant="danger" isBusy={isBusy} onClick={() => void set('stopped')}>
              {t('stopConfirm')}
            </Button>
          </DialogActions>
        </DialogContent>
      </Dialog>
    </>
  );
}
