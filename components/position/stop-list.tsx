'use client';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useDesk } from '#components/desk/desk-context.tsx';
import { StaleStrip } from '#components/desk/stale-strip.tsx';
import { useAction } from '#components/desk/use-action.ts';
import { LivePrice, useIsStale } from '#components/market/price-cell.tsx';
import { formatNumber, formatPercent, formatWon } from '#components/numbers/format.ts';
import { Badge, type BadgeTone } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader } from '#components/ui/card.tsx';
import { cn } from '#components/ui/class-names.ts';
import { EmptyState, ErrorState, SkeletonRows } from '#components/ui/states.tsx';
import { Table, Td, THead, Th, Tr } from '#components/ui/table.tsx';
import { type StopView, stopViews } from '#lib/db/stops.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { useQuote } from '#lib/realtime/use-quote.ts';
import { distanceTo } from './stop-plan.ts';

const TONE: Readonly<Record<StopView['state'], BadgeTone>> = {
  armed: 'ok',
  fired: 'warn',
  paused: 'danger',
  done: 'neutral',
  cancelled: 'neutral',
};
/** What a phone leaves out. */
const WIDE = 'hidden sm:table-cell';

interface Props {
  readonly stops: readonly StopView[] | null;
  /** Since when they may be overtaken, ms since the epoch; null while they are fresh. */
  readonly staleSince: number | null;
  readonly nameOf: (symbol: string) => string;
  readonly onCancelled: (stop: StopView) => void;
  readonly onRetry: () => void;
}

/** Stops that stand on the chosen account, with how far the price is from each. */
export function StopList({ stops, staleSince, nameOf, onCancelled, onRetry }: Props) {
  const t = useTranslations('positions.stop');
  const tCommon = useTranslations('common');
  return (
    <Card className="mt-4">
      <CardHeader title={t('list')} />
      {stops !== null && <StaleStrip since={staleSince} />}
      {staleSince !== null && stops === null ? (
        <ErrorState title={tCommon('errorTitle')} action={<Button onClick={onRetry}>{tCommon('retry')}</Button>}>
          {tCommon('errorBody')}
        </ErrorState>
      ) : stops === null ? (
        <SkeletonRows label={tCommon('loading')} />
      ) : stops.length === 0 ? (
        <EmptyState title={t('empty')}>{t('emptyBody')}</EmptyState>
      ) : (
        <Table label={t('list')}>
          <THead>
            <tr>
              <Th>{t('col.symbol')}</Th>
              <Th>{t('col.kind')}</Th>
              <Th isNumber>{t('col.trigger')}</Th>
              <Th isNumber className={WIDE}>
                {t('col.price')}
              </Th>
              <Th isNumber>{t('col.distance')}</Th>
              <Th isNumber className={WIDE}>
                {t('col.quantity')}
              </Th>
              <Th>{t('col.state')}</Th>
              <Th>
                <span className="sr-only">{t('col.actions')}</span>
              </Th>
            </tr>
          </THead>
          <tbody>
            {stops.map((stop) => (
              <StopLine key={stop.id} stop={stop} name={nameOf(stop.symbol)} onCancelled={onCancelled} />
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}

function StopLine({ stop, name, onCancelled }: { stop: StopView; name: string; onCancelled: (stop: StopView) => void }) {
  const t = useTranslations('positions.stop');
  const { locale } = useDesk();
  const db = useDb();
  const { isBusy, run } = useAction();
  const price = useQuote(stop.symbol)?.last;
  const isStale = useIsStale(stop.symbol);
  const distance = distanceTo(stop.trigger, price);
  const isOwn = stop.deploymentId === null;
  return (
    <Tr className={cn(isStale && 'text-faint')}>
      <Td>
        <Link href={`/market/${stop.symbol}`} className="font-medium hover:underline">
          {name}
        </Link>
        {!isOwn && <Badge className="ml-1.5">{t('ofStrategy')}</Badge>}
      </Td>
      <Td>
        {t(`kind.${stop.kind}`)}
        {stop.trailRate !== null && <span className="num ml-1 text-muted text-xs">{formatPercent(-stop.trailRate)}</span>}
      </Td>
      <Td isNumber title={stop.highWater > 0 ? t('high', { price: formatWon(stop.highWater, locale) }) : undefined}>
        {stop.trigger === null ? t('firstPrice') : formatNumber(stop.trigger)}
      </Td>
      <Td isNumber className={WIDE}>
        <LivePrice symbol={stop.symbol} fallback={0} />
      </Td>
      <Td isNumber>{distance === null ? '—' : formatPercent(distance)}</Td>
      <Td isNumber className={WIDE}>
        {formatNumber(stop.quantity)}
      </Td>
      <Td>
        <Badge tone={TONE[stop.state]}>{t(`state.${stop.state}`)}</Badge>
        {isStale && stop.state === 'armed' && (
          <Badge tone="warn" className="ml-1">
            {t('stale')}
          </Badge>
        )}
        {stop.state === 'paused' && (
          <span className="block text-danger text-xs">
            {t.has(`reason.${stop.reason}` as 'reason.gave_up') ? t(`reason.${stop.reason}` as 'reason.gave_up') : stop.reason}
          </span>
        )}
      </Td>
      <Td className="text-right">
        {stop.state === 'fired' && stop.orderId ? (
          <Button size="sm" asChild>
            <Link href={`/orders/${stop.orderId}`}>{t('toOrder')}</Link>
          </Button>
        ) : (
          isOwn && (
            <Button
              size="sm"
              isBusy={isBusy}
              aria-label={t('cancelOf', { name, kind: stop.kind })}
              onClick={() => void run(async () => onCancelled(await stopViews(db).cancel(stop.id)))}
            >
              {t('cancel')}
            </Button>
          )
        )}
      </Td>
    </Tr>
  );
}
