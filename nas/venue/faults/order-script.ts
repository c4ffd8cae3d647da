import type { Agenda } from '../agenda.ts';
import type { Exchange } from '../exchange.ts';
import type { Account } from '../ledger/ledger.ts';
import type { OnAccepted, OrderTicket, VenueOrder } from '../venue-order.ts';
import type { FaultBook } from './faults.ts';
import type { PlannedFault, PlannedRequest } from './plan.ts';

export interface ScriptDeps {
  readonly exchange: Exchange;
  readonly faults: FaultBook;
  readonly agenda: Agenda;
  readonly disturbSockets: (what: 'silence' | 'cut', appKey: string) => void;
}

/** Plays the planned misfortunes of one request: what must come before it happens at once, the rest when the exchange has accepted it. */
export function script(deps: ScriptDeps, account: Account, request: PlannedRequest, ticket: OrderTicket | null, now: number): OnAccepted {
  for (const fault of request.faults) {
    if (fault.kind === 'foreign_before' && ticket) placeTwin(deps, account, request, ticket, fault, now);
  }
  return (order) => {
    const isHeld = request.faults.map((fault) => play(deps, account, { order, request, ticket, fault, now })).includes('hold');
    return isHeld ? 'hold' : 'go';
  };
}

interface Scene {
  readonly order: VenueOrder;
  readonly request: PlannedRequest;
  readonly ticket: OrderTicket | null;
  readonly fault: PlannedFault;
  readonly now: number;
}

function play(deps: ScriptDeps, account: Account, scene: Scene): 'go' | 'hold' {
  const { exchange, faults, agenda } = deps;
  const { order, request, ticket, fault, now } = scene;
  const due = now + fault.ms;
  switch (fault.kind) {
    case 'async_reject':
      agenda.at(due, () => {
        if (order.status === 'working') faults.strike(fault.kind, request);
        exchange.rejectLate(order);
      });
      return order.action === 'new' ? 'hold' : 'go';
    case 'hide_rows':
      faults.strike(fault.kind, request);
      faults.disguise.hide(order, due);
      return 'go';
    case 'lag_balance':
      faults.strike(fault.kind, request);
      faults.disguise.lagOnFill(order, fault.ms);
      return 'go';
    case 'fill':
      agenda.at(due, (at) => {
        if (exchange.fillByScript(order, fault.quantity ?? order.open, at) > 0) faults.strike(fault.kind, request);
      });
      return 'go';
    case 'late_fill':
    case 'slow_cancel':
      return order.action === 'cancel' ? cancelLate(deps, scene) : 'go';
    case 'foreign_after':
      if (ticket) agenda.at(due, (at) => placeTwin(deps, account, request, ticket, fault, at));
      return 'go';
    case 'lose_notice':
    case 'duplicate_notice':
    case 'delay_notice':
    case 'swap_notices':
      faults.onNoticeOf(order.action === 'cancel' ? exchange.store.byId(order.originalId) : order, fault, request);
      return 'go';
    case 'silent_socket':
    case 'cut_socket':
      faults.strike(fault.kind, request);
      deps.disturbSockets(fault.kind === 'cut_socket' ? 'cut' : 'silence', account.appKey);
      return 'go';
    default:
      return 'go';
  }
}

/** The cancel is on its way while the market still trades: a late fill comes first, then the exchange confirms what is left, or refuses. */
function cancelLate({ exchange, faults, agenda }: ScriptDeps, { order: cancel, request, fault, now }: Scene): 'hold' {
  agenda.at(now + fault.ms, (at) => {
    const original = exchange.store.byId(cancel.originalId);
    const filled = fault.kind === 'late_fill' ? exchange.fillByScript(original, fault.quantity ?? original.open, at) : 1;
    if (filled > 0) faults.strike(fault.kind, request);
    exchange.confirmCancel(cancel);
  });
  return 'hold';
}

function placeTwin(
  { exchange, faults }: ScriptDeps,
  account: Account,
  request: PlannedRequest,
  ticket: OrderTicket,
  fault: PlannedFault,
  now: number,
): void {
  const { occurrence: _, ...look } = ticket;
  const outcome = exchange.submit(account, { ...look, channel: fault.channel, isForeign: true }, now);
  if (outcome.ok) faults.strike(fault.kind, request);
}
