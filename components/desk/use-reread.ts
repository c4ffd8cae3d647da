'use client';
import { useEffect, useRef } from 'react';

/**
 * Reads again every `everyMs` while that is given. Messages tell of changes at once, but one sent between the server's read of a
 * page and the browser's joining of its topic is heard by nobody; this is the net under it. Null rests.
 */
export function useReread(reread: () => void, everyMs: number | null): void {
  const latest = useRef(reread);
  useEffect(() => {
    latest.current = reread;
  });
  useEffect(() => {
    if (everyMs === null) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && latest.current(), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}
