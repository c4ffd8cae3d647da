'use client';
import { useEffect, useRef } from 'react';
import type { z } from 'zod';
import { useLink, useRealtime } from './context.tsx';

type Message<E extends Record<string, z.ZodType>> = { [K in keyof E]: { event: K; payload: z.infer<E[K]> } }[keyof E];

/**
 * Listens to one topic while the component is on screen. Payloads are parsed by event; unknown events and payloads that do not
 * fit are dropped, since the row can be read again. `reread` runs whenever the topic was joined, the first time
 * included: what happened between the server's read of the page and the join would otherwise be missed.
 */
export function useTopic<E extends Record<string, z.ZodType>>(
  topic: string | null,
  events: E,
  onMessage: (message: Message<E>) => void,
  reread?: () => void,
): { isLive: boolean } {
  const { hub } = useRealtime();
  const latest = useRef({ events, onMessage, reread });
  useEffect(() => {
    latest.current = { events, onMessage, reread };
  });
  useEffect(() => {
    if (!topic) return;
    return hub.listen(topic, {
      onMessage: (event, payload) => {
        const parsed = latest.current.events[event]?.safeParse(payload);
        if (parsed?.success) latest.current.onMessage({ event, payload: parsed.data } as Message<E>);
      },
      onJoined: () => latest.current.reread?.(),
    });
  }, [hub, topic]);
  return { isLive: useLink().state === 'live' };
}
