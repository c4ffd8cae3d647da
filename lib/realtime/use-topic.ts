'use client';
import { useEffect, useRef } from 'react';
import type { z } from 'zod';
import { useLink, useRealtime } from './context.tsx';

type Message<E extends Record<string, z.ZodType>> = { [K in keyof E]: { event: K; payload: z.infer<E[K]> } }[keyof E];

/**
 * Listens to one topic while the component is on screen. Payloads are parsed by event; unknown events and payloads that do not
 * fit are dropped, since the row can be read again. `onReturn` runs after every reconnect: re-read there what may have been missed.
 */
export function useTopic<E extends Record<string, z.ZodType>>(
  topic: string | null,
  events: E,
  onMessage: (message: Message<E>) => void,
  onReturn?: () => void,
): { isLive: boolean } {
  const { hub } = useRealtime();
  const latest = useRef({ events, onMessage, onReturn });
  useEffect(() => {
    latest.current = { events, onMessage, onReturn };
  });
  useEffect(() => {
    if (!topic) return;
    return hub.listen(topic, {
      onMessage: (event, payload) => {
        const parsed = latest.current.events[event]?.safeParse(payload);
        if (parsed?.success) latest.current.onMessage({ event, payload: parsed.data } as Message<E>);
      },
      onReturn: () => latest.current.onReturn?.(),
    });
  }, [hub, topic]);
  return { isLive: useLink().state === 'live' };
}
