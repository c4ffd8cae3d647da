import type { AbsenceEvidence, AbsenceVerdict } from '#domain/order/fingerprint.ts';

export * from '#domain/order/fingerprint.ts';

/** Mutant: what one page does not show does not exist. */
export function judgeAbsence(evidence: AbsenceEvidence): AbsenceVerdict {
  return evidence.cleanQueries >= 1 ? { kind: 'absent', reason: 'NOT_FOUND' } : { kind: 'keep_looking', doubts: ['too_few_queries'] };
}
