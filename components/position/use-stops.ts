'use client';
import { useCallback, useState } from 'react';
import { upsertNewer } from '#components/desk/live-rows.ts';
import { type StopView, stopRow, stopViews } from '#lib/db/stops.ts';
import { useDb, useRealtime } from '#lib/realtime/context.tsx';
import { positionsTopic } from '#lib/realtime/topics.ts';
import { useReading } from '#lib/realtime/use-reading.ts';
import { useTopic } from '#lib/realtime/use-topic.ts';
import { isStanding } from './stop-plan.ts';

/** The person's standing stops: read when the topic is joined, moved by its messages; null before the first read. */
export function useStops(): {
  stops: readonly StopView[] | null;
  staleSince: number | null;
  show: (stop: StopView) => void;
  reload: () => Promise<void>;
} {
  const db = useDb();
  const { userId } = useRealtime();
  const [stops, setStops] = useState<readonly StopView[] | null>(null);
  const { reread: reload, overlay, staleSince } = useReading(() => stopViews(db).list(), setStops);
  const show = useCallback((stop: StopView) => overlay(() => setStops((shown) => upsertNewer(shown ?? [], stop))), [overlay]);
  useTopic(positionsTopic(userId), { stop_changed: stopRow }, ({ payload }) => show(payload), reload);
  return { stops: stops?.filter(isStanding) ?? null, staleSince, show, reload };
}
