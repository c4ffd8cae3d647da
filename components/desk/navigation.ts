import {
  Bot,
  BriefcaseBusiness,
  CandlestickChart,
  FlaskConical,
  House,
  ListOrdered,
  type LucideIcon,
  Puzzle,
  Settings,
  ShieldCheck,
  Wallet,
} from 'lucide-react';

export interface NavEntry {
  readonly href: string;
  readonly label: 'home' | 'market' | 'orders' | 'positions' | 'strategies' | 'backtests' | 'auto' | 'accounts' | 'settings' | 'admin';
  readonly icon: LucideIcon;
}

/** The left navigation, in the order of a trading day. */
export const MAIN_NAV: readonly NavEntry[] = [
  { href: '/', label: 'home', icon: House },
  { href: '/market', label: 'market', icon: CandlestickChart },
  { href: '/orders', label: 'orders', icon: ListOrdered },
  { href: '/positions', label: 'positions', icon: BriefcaseBusiness },
  { href: '/strategies', label: 'strategies', icon: Puzzle },
  { href: '/backtests', label: 'backtests', icon: FlaskConical },
  { href: '/auto', label: 'auto', icon: Bot },
  { href: '/accounts', label: 'accounts', icon: Wallet },
  { href: '/settings', label: 'settings', icon: Settings },
];

export const ADMIN_NAV: NavEntry = { href: '/admin', label: 'admin', icon: ShieldCheck };

/** True when the path lies under the entry; home only when it is home. */
export function isCurrent(path: string, href: string): boolean {
  return href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
}
