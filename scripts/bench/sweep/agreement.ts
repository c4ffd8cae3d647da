import { isDeepStrictEqual } from 'node:util';
import { sweepAgreement } from '#lib/testing/sweep-agreement.ts';
import type { Bench } from '../main.ts';

const DOCUMENTS = 1_000;

/** Drawn documents by the event path and by the sweep path. Fails when any figure, total or trade differs. */
export const bench: Bench = async (report) => {
  const { documents, swept, busy, cells, differing } = sweepAgreement(DOCUMENTS, isDeepStrictEqual);
  const figure = (name: string, value: number, unit: string) => report({ name, value, unit, baseline: null });
  figure('drawn documents', documents, 'documents');
  figure('drawn cells, each by both paths', cells, 'cells');
  figure('documents on which the paths differ', differing.length, 'documents');
  figure('documents that take the sweep path', swept / documents, 'of all');
  figure('of those trade 20 times or more', busy / swept, 'of the swept');
  if (differing.length > 0) throw new Error(`the paths differ for the seeds ${differing.join(' ')}`);
};
