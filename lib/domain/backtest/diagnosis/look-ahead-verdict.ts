import type { Diagnosis, DiagnosisInput } from './finding.ts';

/** Whether signals changed when later data was cut off, or nobody could look. */
export function lookAheadVerdict({ lookAhead }: DiagnosisInput): Diagnosis | null {
  const { verdict, checked, firstLeak } = lookAhead;
  switch (verdict) {
    case 'clean':
      return null;
    case 'leak': {
      const { time, symbol } = firstLeak!;
      const where = `${time} ${symbol}`.trim(); // a leak in how many entered has no symbol
      return {
        code: 'look_ahead',
        severity: 'error',
        numbers: { checked, time, symbol },
        ko: `미래 데이터를 본 신호가 있습니다 (${where}). 실제로는 알 수 없던 값으로 번 결과이니 믿지 마세요. 전략 문서와 함께 오류로 알려 주세요.`,
        en: `A signal changed with later data (${where}). The result was earned with what nobody could know: do not believe it, and report it with the strategy document.`,
      };
    }
    case 'not_checked':
      return {
        code: 'look_ahead',
        severity: 'warning',
        numbers: { checked },
        ko: '신호가 미래 데이터를 보았는지 검사하지 못했습니다. 봉이 너무 적어 자를 곳이 없습니다. 기간을 넓혀 다시 실행하세요.',
        en: 'Whether a signal saw later data was not checked: there are too few bars to cut. Run it over a longer period.',
      };
  }
}
