'use client';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Reading } from './reading.ts';

/** A `Reading` for the life of a component; `read` and `show` may be new functions at every paint, `reread` and `overlay` are always the same. */
export function useReading<T>(
  read: () => Promise<T>,
  show: (value: T) => void,
): Pick<Reading<T>, 'reread' | 'overlay'> & { readonly staleSince: number | null } {
  const latest = useRef({ read, show });
  useEffect(() => {
    latest.current = { read, show };
  });
  const [reading] = useState(
    () =>
      new Reading<T>(
        () => latest.current.read(),
        (value) => latest.current.show(value),
      ),
  );
  const staleSince = useSyncExternalStore(reading.watch, reading.staleSince, () => null);
  return { reread: reading.reread, overlay: reading.overlay, staleSince };
}
