import type { ReactNode } from 'react';
import { DeskShell } from '#components/desk/desk-shell.tsx';

/** The same frame as the desk; each page asks the database whether its reader is an administrator. */
export default function AdminLayout({ children }: { children: ReactNode }) {
  return <DeskShell>{children}</DeskShell>;
}
