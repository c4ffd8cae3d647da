'use client';
import { useEffect, useState } from 'react';

/** The time, renewed every `everyMs`; null on the server and at the first paint, so that both draw the same. */
export function useNow(everyMs: number): number | null {
  const [now, setNow] = useState<number | null>(null);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
