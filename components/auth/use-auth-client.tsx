'use client';
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { browserClient } from '#lib/db/browser.ts';
import type { RuntimeConfig } from '#lib/db/runtime-config.ts';

const ConfigContext = createContext<RuntimeConfig | null>(null);

export function RuntimeConfigProvider({ config, children }: { config: RuntimeConfig; children: ReactNode }) {
  return <ConfigContext value={config}>{children}</ConfigContext>;
}

/** The client before anybody is signed in. */
export function useAuthClient() {
  const config = useContext(ConfigContext);
  if (!config) throw new Error('useAuthClient outside RuntimeConfigProvider');
  return useMemo(() => browserClient(config), [config]);
}
