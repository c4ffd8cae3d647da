import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '#lib/log.ts';
import type { Agenda } from '../agenda.ts';
import type { Exchange } from '../exchange.ts';
import type { FaultBook, Strike } from '../faults/faults.ts';
import type { FaultKind } from '../faults/kinds.ts';
import { script } from '../faults/order-script.ts';
import type { PlannedRequest } from '../faults/plan.ts';
import type { MarketLoop } from '../market/market-loop.ts';
import type { Variants } from '../variants.ts';
import type { Environment } from '../venue-order.ts';
import { type Answer, badAccount, GATEWAY, isRefusedAtTheDoor, malformed } from './codes.ts';
import type { KeyRing } from './keys.ts';
import { MASTER_FOLDER, masterFile } from './master-files.ts';
import type { PageFault } from './paging.ts';
import { plannedRequest } from './planned-request.ts';
import { type Call, routeOf } from './routes.ts';
import { type Face, refusedByVariant, shaped } from './variant-faces.ts';

const MAX_BODY_BYTES = 64 * 1024;

export interface RestDeps {
  readonly environment: Environment;
  readonly exchange: Exchange;
  readonly loop: MarketLoop;
  readonly keys: KeyRing;
  readonly variants: Variants;
  readonly faults: FaultBook;
  readonly now: () => number;
  readonly requestsPerSecond: number;
  /** Brings the market up to now before a request and sends what it caused afterwards. */
  readonly settle: () => void;
  readonly agenda: Agenda;
  readonly disturbSockets: (what: 'silence' | 'cut', appKey: string) => void;
  readonly log: Log;
}

/** KIS's REST face on one host. One request is read whole, then processed in one step: no two requests ever interleave. */
export async function handleKis(deps: RestDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://venue');
  if (url.pathname.startsWith(MASTER_FOLDER)) {
    const file = masterFile(deps.exchange, url.pathname.slice(MASTER_FOLDER.length));
    response.writeHead(file ? 200 : 404, { 'content-type': file?.type ?? 'text/plain' });
    response.end(file?.bytes);
    return;
  }
  const text = await readBody(request);
  const headers = flat(request);
  const trId = url.pathname.startsWith('/uapi/') ? (headers.tr_id ?? '') : url.pathname.slice('/oauth2/'.length);
  const body = request.method === 'POST' ? parseJson(text) : {};
  const planned = plannedRequest(deps.faults.plan, deps.exchange, { environment: deps.environment, path: url.pathname, trId, body });
  const appKey = headers.appkey ?? stringOf(body?.appkey);
  const fault = deps.faults.take({ environment: deps.environment, trId, appKey, isContinuation: headers.tr_cont === 'N', planned });
  switch (fault?.kind) {
    case 'drop_before':
      return void request.socket.destroy();
    case 'hang_before':
      return;
    case 'delay_before':
      await waited(deps, fault);
  }

  deps.settle();
  const now = deps.now();
  const face = faceOf(deps.environment, request, url, body);
  const plain =
    refusedBeforehand(fault?.kind, deps, headers.appkey, now) ?? process(deps, request, url, headers, body, { face, fault, planned, now });
  const answer = shaped(deps.variants, face, plain);
  deps.settle();
  if (planned && (fault === null || DOOR_FAULTS.includes(fault.kind)) && isRefusedAtTheDoor(plain)) deps.faults.plan.giveBack(planned);

  // "After" means that the venue has done what was asked: what it refused at the door for its own reasons is told as such.
  if (fault?.giveBack && AFTER_FAULTS.includes(fault.kind) && isRefusedAtTheDoor(plain)) {
    fault.giveBack();
    return send(deps, response, answer, trId);
  }

  switch (fault?.kind) {
    case 'lost_answer':
      return void request.socket.destroy();
    case 'hang_after':
      return;
    case 'error_after':
      return send(deps, response, BAD_GATEWAY, trId);
    case 'garbage_after':
      return send(deps, response, GARBAGE, trId);
    case 'timeout_after':
      return send(deps, response, GATEWAY.outcomeUnknown, trId);
    case 'delay':
      await waited(deps, fault);
      if (!response.destroyed) send(deps, response, answer, trId);
      return;
    default:
      send(deps, response, answer, trId);
  }
}

const AFTER_FAULTS: readonly FaultKind[] = ['delay', 'lost_answer', 'hang_after', 'error_after', 'garbage_after', 'timeout_after'];
const DOOR_FAULTS: readonly FaultKind[] = ['rate_limit', 'ledger_limit', 'token_expired'];
const BAD_GATEWAY: Answer = { status: 502, body: '<html><body><h1>502 Bad Gateway</h1></body></html>' };
const GARBAGE: Answer = { status: 200, body: '{"rt_cd":"0","msg_cd":"APBK0013","out' };

/** Planned delays run on the venue's clock, scripted ones on the machine's. */
function waited({ agenda, now }: RestDeps, { delayMs, isVenueTime }: Strike): Promise<void> {
  return new Promise((resolve) => {
    if (isVenueTime) agenda.at(now() + delayMs, () => resolve());
    else setTimeout(resolve, delayMs).unref();
  });
}

/** Faults that answer without processing. */
function refusedBeforehand(kind: FaultKind | undefined, deps: RestDeps, appKey: string | undefined, now: number): Answer | null {
  switch (kind) {
    case 'rate_limit':
      return GATEWAY.rateLimit;
    case 'ledger_limit':
      return GATEWAY.ledgerLimit;
    case 'timeout_before':
      return GATEWAY.outcomeUnknown;
    case 'error_before':
      return BAD_GATEWAY;
    case 'garbage_before':
      return GARBAGE;
    case 'token_expired':
      if (appKey) deps.keys.expireTokens(appKey, now);
      return GATEWAY.expiredToken;
    default:
      return null;
  }
}

const PAGE_FAULTS: readonly FaultKind[] = ['short_page', 'shifted_page', 'unmarked_page'] satisfies PageFault[];
const pageFaultOf = (kind: FaultKind | undefined): PageFault | null => (kind && PAGE_FAULTS.includes(kind) ? (kind as PageFault) : null);

function process(
  deps: RestDeps,
  request: IncomingMessage,
  url: URL,
  headers: Record<string, string>,
  body: Record<string, unknown> | null,
  { face, fault, planned, now }: { face: Face; fault: Strike | null; planned: PlannedRequest | null; now: number },
): Answer {
  const { environment, keys } = deps;
  if (!body) return malformed();
  if (request.method === 'POST' && url.pathname === '/oauth2/tokenP') return keys.issueToken(environment, body, now);
  if (request.method === 'POST' && url.pathname === '/oauth2/revokeP') return keys.revokeToken(environment, body);
  if (request.method === 'POST' && url.pathname === '/oauth2/Approval') return keys.approve(environment, body, now);
  const key = keys.check(environment, headers, now);
  if ('status' in key) return key;
  if (keys.isOverRate(key.appKey, deps.requestsPerSecond, now)) return GATEWAY.rateLimit;
  const route = routeOf(environment, request.method ?? '', url.pathname, headers.tr_id ?? '');
  if (route === 'not_found') return { status: 404, body: { rt_cd: '1', msg_cd: 'EGW00203', msg1: 'OPS라우팅 중 오류가 발생했습니다.' } };
  if (route === 'wrong_tr') return environment === 'paper' ? GATEWAY.notPaperTr : GATEWAY.noAccess;
  const { input } = face;
  const refusal = refusedByVariant(deps.variants, face, headers);
  if (refusal) return refusal;
  const { disguise } = deps.faults;
  const call: Call = {
    exchange: deps.exchange,
    loop: deps.loop,
    trId: headers.tr_id!,
    trCont: headers.tr_cont ?? '',
    now,
    input,
    variants: deps.variants,
    rowsMissing: fault?.kind === 'rows_missing' || lacksRows(deps, url.pathname),
    pageFault: pageFaultOf(fault?.kind),
    isShown: (order) => !disguise.isHidden(order, now),
    shownAccount: (account) => disguise.shown(account, now),
    scripted: (account, ticket) => (planned && planned.faults.length > 0 ? script(deps, account, planned, ticket, now) : undefined),
    occurrence: planned?.occurrence ?? 0,
  };
  if (route.quote) return route.quote(call);
  const account = deps.exchange.ledger.accounts.get(`${environment}:${input.CANO}-${input.ACNT_PRDT_CD}`);
  if (account?.appKey !== key.appKey) return badAccount();
  return route.account!(call, account);
}

const faceOf = (environment: Environment, request: IncomingMessage, url: URL, body: Record<string, unknown> | null): Face => ({
  environment,
  name: url.pathname.slice(url.pathname.lastIndexOf('/') + 1),
  input:
    request.method === 'POST'
      ? ((body ?? {}) as Record<string, string>)
      : Object.fromEntries([...url.searchParams].map(([name, value]) => [name.toUpperCase(), value])),
});

/** The measured defect of some paper accounts: the current TR, too, gives totals without rows. */
const lacksRows = ({ environment, variants }: RestDeps, path: string): boolean =>
  environment === 'paper' && variants.paperRows === 'absent' && path.endsWith('/inquire-daily-ccld');

function send(deps: RestDeps, response: ServerResponse, answer: Answer, trId: string): void {
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  // The Date header is the venue's clock: clients measure their offset by it.
  response.sendDate = false;
  response.writeHead(answer.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    date: new Date(deps.now() + deps.exchange.skewMs).toUTCString(),
    tr_id: trId,
    gt_uid: '',
    ...answer.headers,
  });
  response.end(text);
}

/** The whole body as text; empty, and so malformed, once it is larger than any KIS request. */
export async function readBody(request: IncomingMessage, maxBytes = MAX_BODY_BYTES): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes <= maxBytes) chunks.push(chunk as Buffer);
  }
  return bytes > maxBytes ? '' : Buffer.concat(chunks).toString('utf8');
}

/** A JSON object, or null. */
export function parseJson(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const flat = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : (value ?? '')]),
  );
const stringOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
