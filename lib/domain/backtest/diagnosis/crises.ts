import { percent } from '#domain/strategy/describe-expression.ts';
import type { Diagnosis, DiagnosisInput } from './finding.ts';

interface Crisis {
  readonly ko: string;
  readonly en: string;
  /** Days of KOSPI's closing high and low. */
  readonly from: string;
  readonly to: string;
}

/** Falls of the KOSPI of a fifth and more since 1997, from closing high to closing low (KRX index history). */
const CRISES: readonly Crisis[] = [
  { ko: '외환위기', en: 'Asian financial crisis', from: '1997-06-17', to: '1998-06-16' }, // 792.29 → 280.00
  { ko: '닷컴 붕괴', en: 'dot-com crash', from: '2000-01-04', to: '2001-09-17' }, // 1,059.04 → 468.76
  { ko: '카드 사태', en: 'credit-card crisis', from: '2002-04-18', to: '2003-03-17' }, // 937.61 → 515.24
  { ko: '세계 금융위기', en: 'global financial crisis', from: '2007-10-31', to: '2008-10-24' }, // 2,064.85 → 938.75
  { ko: '유럽 재정위기', en: 'euro debt crisis', from: '2011-05-02', to: '2011-09-26' }, // 2,228.96 → 1,652.71
  { ko: '무역 분쟁', en: 'trade war', from: '2018-01-29', to: '2019-01-03' }, // 2,598.19 → 1,993.70
  { ko: '코로나19', en: 'COVID-19', from: '2020-01-22', to: '2020-03-19' }, // 2,267.25 → 1,457.64
  { ko: '금리 인상', en: 'rate rises', from: '2021-07-06', to: '2022-09-30' }, // 3,305.21 → 2,155.49
  { ko: '관세 충격', en: 'tariff shock', from: '2024-07-11', to: '2025-04-09' }, // 2,891.35 → 2,293.70
];
/** A loss of more than a fifth: what makes a market's own fall a bear market. Whole won on both sides, so the border is exact. */
const isDeep = (before: number, after: number) => after * 5 < before * 4;

/** How the run came through the market's crises that it holds whole, or that it holds none. */
export function crises({ days, equity }: DiagnosisInput): Diagnosis | null {
  const [first, last] = [days[0]!, days.at(-1)!];
  const equityOn = (day: string) => equity[days.findLastIndex((session) => session <= day)]!;
  const met = CRISES.filter(({ from, to }) => first <= from && to <= last).map((crisis) => {
    const [before, after] = [equityOn(crisis.from), equityOn(crisis.to)];
    return { ...crisis, rate: after / before - 1, isDeep: isDeep(before, after) };
  });
  if (met.length === 0)
    return {
      code: 'no_crisis',
      severity: 'info',
      numbers: { crises: 0, from: first, to: last },
      ko: '이 기간에는 시장이 크게 무너진 때가 통째로 들어 있지 않습니다. 나쁜 장에서 어떨지는 이 결과로 알 수 없습니다. 2008년이나 2020년 봄을 포함해 다시 실행해 보세요.',
      en: 'The period holds no whole crash of the market, so the result does not say how bad times go. Run it again over 2008 or the spring of 2020.',
    };
  const deep = met.filter((crisis) => crisis.isDeep);
  if (deep.length === 0) return null;
  const words = (language: 'ko' | 'en') => deep.map((crisis) => `${crisis[language]} ${percent(crisis.rate)}`).join(', ');
  return {
    code: 'crisis_loss',
    severity: 'warning',
    numbers: { crises: met.length, deep: deep.length, worst: Math.min(...deep.map(({ rate }) => rate)) },
    ko: `시장 위기에서 크게 잃었습니다: ${words('ko')}. 다음 위기에도 이만큼 잃을 수 있고, 그때 멈추면 회복도 놓칩니다. 견딜 수 있는 손실인지 보고 손절이나 현금 비중을 시험하세요.`,
    en: `It lost much in crashes of the market: ${words('en')}. The next one may cost as much, and stopping then misses the way back. Ask whether you could bear it, and try stops or more cash.`,
  };
}
