import type { Fate } from './plan.ts';
import { type Trouble, troubleNamed } from './troubles.ts';

/** What the order of a doomed process goes through, so that the process passes the door. */
interface Scene {
  readonly fate: Fate;
  readonly trouble: Trouble | null;
  /** Armed when the order is at work; otherwise before it is placed. A door that others pass as well must not be armed during the send. */
  readonly isArmedLate?: boolean;
  /** What the sender knows of the list is too old by then, so that it reads it for the order. */
  readonly isListOld?: boolean;
  /** Prices are asked for entries only. */
  readonly isBuy?: boolean;
}
export interface KillScript extends Scene {
  readonly door: string;
  readonly what: 'kill' | 'freeze' | 'stall';
  /** Milliseconds of the world to wait for the door to be passed once the order is over. */
  readonly patienceMs: number;
}

const plain: Scene = { fate: 'fill', trouble: null };
/** At work for some seconds, then filled. */
const filling: Scene = { fate: 'fill', trouble: troubleNamed('slow_fill'), isArmedLate: true };
const asking: Scene = { fate: 'fill', trouble: null, isListOld: true };
/** The venue has the order and holds its answer back for 20 s: whatever dies meanwhile, the order is there. */
const held: Scene = { fate: 'fill', trouble: troubleNamed('delay_long') };
const lost: Scene = { fate: 'fill', trouble: troubleNamed('lost_answer') };
const twin: Scene = { fate: 'fill', trouble: troubleNamed('foreign_api') };
/** It never arrives, and the list has to prove that. */
const absent: Scene = { fate: 'fill', trouble: troubleNamed('drop_before') };
/** Killed between the attempt and the write: nothing was sent, and only the list can tell. */
const unwritten: Scene = { fate: 'fill', trouble: troubleNamed('never_written') };
const cancelled: Scene = { fate: 'cancel', trouble: null, isArmedLate: true };
const replaced: Scene = { fate: 'replace', trouble: null, isArmedLate: true };
const replacing: Scene = { fate: 'replace', trouble: troubleNamed('replace_delayed_long'), isArmedLate: true };
const denied: Scene = { fate: 'deny', trouble: null };

const around = (door: string): string[] => [`${door}:before`, `${door}:after`];
const kill = (scene: Scene, ...doors: readonly string[]): KillScript[] =>
  doors.map((door) => ({ ...scene, door, what: 'kill', patienceMs: door.startsWith('repo.adoptExternal') ? 80_000 : 12_000 }));

/** Every await between an order's row and the last fact about it, before and behind. */
export const KILL_SCRIPTS: readonly KillScript[] = [
  ...kill(plain, ...around('repo.activeOrders'), ...around('gate.facts')),
  ...kill({ ...plain, isBuy: true }, ...around('broker.quote')),
  ...kill(asking, ...around('broker.ordersOn')),
  ...kill(plain, 'repo.beginAttempt:before', 'broker.submit:after', ...around('repo.finishAttempt')),
  ...kill(unwritten, 'repo.beginAttempt:after', 'broker.submit:before', 'broker.submit:unwritten'),
  ...kill(held, 'broker.submit:written', ...around('repo.renewInstance'), ...around('repo.takeLeases'), ...around('repo.markUnknown')),
  ...kill(
    filling,
    ...around('repo.knownNumbers'),
    ...around('repo.applyNotice'),
    ...around('repo.applyCum'),
    ...around('broker.balance'),
    ...around('repo.putBalance'),
  ),
  ...kill(filling, ...around('repo.positions'), ...around('repo.putHolding')),
  ...kill(lost, ...around('repo.submitAttempts'), ...around('repo.adopt')),
  ...kill(twin, ...around('repo.setCandidates'), ...around('repo.adoptExternal')),
  ...kill(absent, ...around('repo.settle')),
  ...kill(cancelled, ...around('repo.beginAttempt'), 'broker.cancel:before', 'broker.cancel:written', 'broker.cancel:after'),
  ...kill(cancelled, ...around('repo.finishAttempt'), ...around('repo.settle')),
  ...kill(replaced, ...around('broker.replace'), 'broker.replace:unwritten', ...around('repo.beginAttempt')),
  ...kill(replacing, 'broker.replace:written'),
  ...kill(denied, ...around('repo.deny')),
];

/** A process that sleeps through its lease before the write: when it wakes, somebody else owns the account and nothing may leave. */
export const FREEZE: KillScript = { ...unwritten, door: 'broker.submit:before', what: 'freeze', patienceMs: 0 };

/** The same awake: only its renewals hang, everything else goes on, and the write comes when the lease has passed to the other process. */
export const OUTLIVE: KillScript = { ...unwritten, door: 'broker.submit:before', what: 'stall', patienceMs: 0 };
