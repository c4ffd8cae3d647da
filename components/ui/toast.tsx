'use client';
import { useTheme } from 'next-themes';
import { Toaster as Sonner } from 'sonner';

/** Where short news appears. Use `toast` from sonner. */
export function Toaster() {
  const { resolvedTheme } = useTheme();
  return (
    <Sonner theme={resolvedTheme === 'light' ? 'light' : 'dark'} position="top-center" closeButton toastOptions={{ duration: 6_000 }} />
  );
}
