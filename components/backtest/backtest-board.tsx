'use client';
import { FlaskConical, X } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useCallback, useRef, useState } from 'react';
import { useDesk } from '#components/desk/desk-context.tsx';
import { StaleStrip } from '#components/desk/stale-strip.tsx';
import { useAction } from '#components/desk/use-action.ts';
import { useReread } from '#components/desk/use-reread.ts';
import { changeColour } from '#components/numbers/change.tsx';
import { formatPercent, formatShortWon, formatTime } from '#components/numbers/format.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import { Table, Td, THead, Th, Tr } from '#components/ui/table.tsx';
import { type BacktestRow, backtestMessage, backtestRepo } from '#lib/db/backtests.ts';
import { useRealtime } from '#lib/realtime/context.tsx';
import { backtestsTopic } from '#lib/realtime/topics.ts';
import { useReading } from '#lib/realtime/use-reading.ts';
import { useTopic } from '#lib/realtime/use-topic.ts';
import { RunState } from './run-state.tsx';

const REREAD_MS = 5_000;

/** Runs that wait or run, then those that ended; moves by itself. */
export function BacktestBoard({ initial }: { initial: readonly BacktestRow[] }) {
  const t = useTranslations('backtests');
  const { client, userId } = useRealtime();
  const [rows, setRows] = useState(initial);
  const reading = useRef(new Set<string>());
  const { reread: rereadAll, overlay, staleSince } = useReading(() => backtestRepo(client).list(), setRows);

  /** Reads one run again: a new one, or one whose result has come. */
  const reread = useCallback(
    (id: string) => {
      if (reading.current.has(id)) return;
      reading.current.add(id);
      backtestRepo(client)
        .row(id)
        .then(
          (row) =>
            row &&
            overlay(() =>
              setRows((shown) => (shown.some((one) => one.id === id) ? shown.map((one) => (one.id === id ? row : one)) : [row, ...shown])),
            ),
        )
        .catch(rereadAll) // which tries until it succeeds, and says meanwhile that the figures are old
        .finally(() => reading.current.delete(id));
    },
    [client, rereadAll, overlay],
  );
  useTopic(
    backtestsTopic(userId),
    { backtest_changed: backtestMessage },
    ({ payload }) => {
      const isKnown = rows.some((row) => row.id === payload.id);
      overlay(() => setRows((shown) => shown.map((row) => (row.id === payload.id ? { ...row, ...payload } : row))));
      if (!isKnown || payload.state === 'done') reread(payload.id);
    },
    rereadAll,
  );

  const active = rows.filter(({ state }) => state === 'queued' || state === 'running');
  useReread(rereadAll, active.length > 0 ? REREAD_MS : null);
  const ended = rows.filter(({ state }) => state !== 'queued' && state !== 'running');
  if (rows.length === 0)
    return (
      <Card>
        <StaleStrip since={staleSince} />
        <EmptyState
          icon={<FlaskConical />}
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
  return (
    <div className="flex flex-col gap-4">
      <StaleStrip since={staleSince} />
      {active.length > 0 && (
        <Card>
          <CardHeader title={t('queue')} detail={t('queueCount', { count: active.length })} />
          <ul className="divide-y">
            {active.map((row) => (
              <li
                key={row.id}
                className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-2 px-4 py-3 sm:grid-cols-[minmax(0,1fr)_16rem_auto]"
              >
                <Link href={`/backtests/${row.id}`} className="min-w-0 hover:text-brand">
                  <span className="block truncate font-medium">{row.name}</span>
                  <span className="num block text-muted text-xs">
                    {row.asked.from} – {row.asked.to} · {row.asked.dataset}
                  </span>
                </Link>
                <RunState run={row} className="order-last col-span-2 sm:order-none sm:col-span-1" />
                <CancelRun
                  row={row}
                  onAsked={() => setRows((shown) => shown.map((one) => (one.id === row.id ? { ...one, isCancelling: true } : one)))}
                />
              </li>
            ))}
          </ul>
        </Card>
      )}
      <Card>
        <CardHeader title={t('history')} detail={t('historyCount', { count: ended.length })} />
        {ended.length === 0 ? <EmptyState title={t('noHistory')} /> : <History rows={ended} />}
      </Card>
    </div>
  );
}

/** Asks for the end of a run; a running one ends at its next look. */
export function CancelRun({ row, onAsked }: { row: { id: string; isCancelling: boolean; name: string }; onAsked: () => void }) {
  const t = useTranslations('backtests');
  const { client } = useRealtime();
  const { isBusy, run } = useAction();
  const cancel = async () => {
    if (await run(() => backtestRepo(client).cancel(row.id))) onAsked();
  };
  return (
    <Button
      size="sm"
      isBusy={isBusy}
      disabled={row.isCancelling}
      onClick={() => void cancel()}
      aria-label={t('cancelOf', { name: row.name })}
    >
      {!isBusy && <X aria-hidden />}
      {t('cancel')}
    </Button>
  );
}

function History({ rows }: { rows: readonly BacktestRow[] }) {
  const t = useTranslations('backtests');
  const { locale } = useDesk();
  const figure = (row: BacktestRow, name: 'totalReturn' | 'cagr' | 'maxDrawdown') => {
    const value = row.metrics?.[name]?.value;
    return value === null || value === undefined ? (
      <span className="text-faint">—</span>
    ) : (
      <span className={changeColour(value)}>{formatPercent(value)}</span>
    );
  };
  return (
    <Table label={t('history')}>
      <THead>
        <tr>
          <Th>{t('column.name')}</Th>
          <Th>{t('column.state')}</Th>
          <Th isNumber>{t('column.return')}</Th>
          <Th isNumber>{t('column.cagr')}</Th>
          <Th isNumber>{t('column.drawdown')}</Th>
          <Th isNumber>{t('column.trades')}</Th>
          <Th>{t('column.period')}</Th>
          <Th isNumber>{t('column.capital')}</Th>
          <Th>{t('column.data')}</Th>
          <Th>{t('column.at')}</Th>
        </tr>
      </THead>
      <tbody>
        {rows.map((row) => (
          <Tr key={row.id}>
            <Td>
              <Link href={`/backtests/${row.id}`} className="font-medium hover:text-brand hover:underline">
                {row.name}
              </Link>
              {row.version !== null && <span className="num ml-1.5 text-faint text-xs">v{row.version}</span>}
            </Td>
            <Td>
              <span title={row.message?.[locale]}>
                <RunState run={row} />
              </span>
            </Td>
            <Td isNumber>{figure(row, 'totalReturn')}</Td>
            <Td isNumber>{figure(row, 'cagr')}</Td>
            <Td isNumber>{figure(row, 'maxDrawdown')}</Td>
            <Td isNumber>{row.metrics?.trades?.value ?? <span className="text-faint">—</span>}</Td>
            <Td className="num">
              {row.asked.from} – {row.asked.to}
            </Td>
            <Td isNumber>{formatShortWon(row.asked.capital, locale)}</Td>
            <Td className="text-muted">{row.asked.dataset}</Td>
            <Td className="num text-muted">{formatTime(row.finishedAt ?? row.createdAt)}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
