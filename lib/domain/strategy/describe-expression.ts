import { INDICATORS } from '#domain/indicator/registry.ts';
import type { ConditionNode, NumberNode } from './expression.ts';
import { withParticle } from './korean.ts';
import type { BarField, PositionField, Timeframe } from './schema.ts';
import type { Unit } from './unit.ts';

export type Language = 'ko' | 'en';
/** A sentence, and under it the conditions it speaks of. */
export interface Sentence {
  readonly text: string;
  readonly items: readonly Sentence[];
}

type Words = Readonly<Record<Language, string>>;
const FIELDS: Readonly<Record<BarField | PositionField, Words>> = {
  open: { ko: '시가', en: 'open' },
  high: { ko: '고가', en: 'high' },
  low: { ko: '저가', en: 'low' },
  close: { ko: '종가', en: 'close' },
  volume: { ko: '거래량', en: 'volume' },
  value: { ko: '거래대금', en: 'traded value' },
  market_cap: { ko: '시가총액', en: 'market cap' },
  listed_shares: { ko: '상장주식수', en: 'listed shares' },
  entry_price: { ko: '매입가', en: 'entry price' },
  bars_held: { ko: '보유 기간', en: 'bars held' },
  unrealised_rate: { ko: '평가수익률', en: 'unrealised return' },
};
const OUTPUTS: Readonly<Record<string, Words>> = {
  line: { ko: '선', en: 'line' },
  signal: { ko: '신호선', en: 'signal' },
  histogram: { ko: '막대', en: 'histogram' },
  middle: { ko: '중심선', en: 'middle' },
  upper: { ko: '상단', en: 'upper' },
  lower: { ko: '하단', en: 'lower' },
  k: { ko: '%K', en: '%K' },
  d: { ko: '%D', en: '%D' },
  adx: { ko: '', en: '' },
  plus: { ko: '+DI', en: '+DI' },
  minus: { ko: '−DI', en: '−DI' },
  oscillator: { ko: '오실레이터', en: 'oscillator' },
  up: { ko: '상승', en: 'up' },
  down: { ko: '하락', en: 'down' },
  conversion: { ko: '전환선', en: 'conversion line' },
  base: { ko: '기준선', en: 'base line' },
  span_a: { ko: '선행스팬 1', en: 'leading span A' },
  span_b: { ko: '선행스팬 2', en: 'leading span B' },
};
const SIGNS = { '+': '+', '-': '−', '*': '×', '/': '÷' } as const;

/** Digits in threes, without the machine's locale. */
export function grouped(value: number): string {
  const [whole, fraction] = String(Math.abs(value)).split('.');
  const text = whole!.replace(/\B(?=(\d{3})+(?!\d))/g, ',') + (fraction ? `.${fraction}` : '');
  return value < 0 ? `−${text}` : text;
}

/** 0.08 → 8%; at most two decimals. */
export function percent(fraction: number): string {
  return `${grouped(Math.round(fraction * 10_000) / 100)}%`;
}

/** 10억원, 1,500만원, 900원 · ₩1,000,000,000. */
export function won(value: number, language: Language): string {
  if (language === 'en') return `₩${grouped(value)}`;
  if (value >= 1e12 && value % 1e11 === 0) return `${grouped(value / 1e12)}조원`;
  if (value >= 1e8 && value % 1e7 === 0) return `${grouped(value / 1e8)}억원`;
  if (value >= 1e4 && value % 1e4 === 0) return `${grouped(value / 1e4)}만원`;
  return `${grouped(value)}원`;
}

/** A length of time in bars of the timeframe: 20일, 5분, 3봉 · 20 days, 5 minutes, 3 bars. */
export function bars(count: number, timeframe: Timeframe, language: Language): string {
  const [ko, en] =
    timeframe === '1d' ? ['일', 'day'] : timeframe === '1w' ? ['주', 'week'] : timeframe === '1m' ? ['분', 'minute'] : ['봉', 'bar'];
  return language === 'ko' ? `${count}${ko}` : `${count} ${en}${count === 1 ? '' : 's'}`;
}

/** Puts compiled expressions into words; one instance speaks one language and one timeframe. */
export class Describer {
  readonly language: Language;
  readonly #timeframe: Timeframe;

  constructor(language: Language, timeframe: Timeframe) {
    this.language = language;
    this.#timeframe = timeframe;
  }

  bars(count: number): string {
    return bars(count, this.#timeframe, this.language);
  }

  /** `unit`: what a plain number is compared with, so that it is written in that unit. */
  number(node: NumberNode, unit: Unit = node.unit): string {
    switch (node.kind) {
      case 'constant':
        return this.#constant(node.value, unit);
      case 'field':
      case 'position':
        return FIELDS[node.field][this.language];
      case 'indicator':
        return this.#indicator(node);
      case 'shift':
        return this.language === 'ko'
          ? `${this.bars(node.bars)} 전 ${this.number(node.of, unit)}`
          : `${this.number(node.of, unit)} of ${this.bars(node.bars)} ago`;
      case 'arithmetic': {
        // A factor or divisor is a plain number whatever it scales.
        const [left, right] =
          node.op === '*' || node.op === '/'
            ? [this.number(node.left), this.number(node.right)]
            : [this.number(node.left, node.unit), this.number(node.right, node.unit)];
        if (node.op === 'min' || node.op === 'max') {
          const smaller = node.op === 'min';
          return this.language === 'ko'
            ? `${withParticle(left, '과/와')} ${right} 중 ${smaller ? '작은' : '큰'} 값`
            : `the ${smaller ? 'smaller' : 'larger'} of ${left} and ${right}`;
        }
        return `(${left} ${SIGNS[node.op]} ${right})`;
      }
    }
  }

  #constant(value: number, unit: Unit): string {
    const isKorean = this.language === 'ko';
    if (unit === 'won') return won(value, this.language);
    if (unit === 'price') return isKorean ? `${grouped(value)}원` : `₩${grouped(value)}`;
    if (unit === 'shares') return isKorean ? `${grouped(value)}주` : `${grouped(value)} shares`;
    if (unit === 'ratio') return percent(value);
    if (unit === 'count') return isKorean ? `${grouped(value)}봉` : `${grouped(value)} bars`;
    return grouped(value);
  }

  #indicator(node: NumberNode & { kind: 'indicator' }): string {
    const indicator = INDICATORS[node.name]!;
    const isKorean = this.language === 'ko';
    const name = isKorean ? indicator.ko : indicator.en;
    const input = node.input && !(node.input.kind === 'field' && node.input.field === 'close') ? this.number(node.input) : null;
    const isWindow = indicator.args.length === 1 && indicator.args[0]!.name === 'period' && indicator.takesInput && node.unit !== 'index';
    if (isWindow) {
      const period = isKorean ? this.bars(node.args[0]!) : this.bars(node.args[0]!).replace(/s$/, '').replace(' ', '-');
      if (isKorean) return `${input ? `${input}의 ` : ''}${period} ${name}`;
      const plain = `${period} ${name.toLowerCase()}`;
      return input ? `${plain} of the ${input}` : plain;
    }
    const outputName = indicator.outputs.length === 1 ? '' : OUTPUTS[node.output]![this.language];
    const output = outputName && ` ${outputName}`;
    const short = node.name === 'rsi' || node.name === 'atr' ? node.name.toUpperCase() : name;
    const full = `${short}${node.args.length > 0 ? `(${node.args.map(grouped).join(', ')})` : ''}${output}`;
    return input ? (isKorean ? `${input}의 ${full}` : `${full} of the ${input}`) : full;
  }

  /** `ending`: whether the clause leads on (…면 / if) or stands in a list (…때). English has one form. */
  condition(node: ConditionNode, ending: 'if' | 'when'): Sentence {
    return this.language === 'ko' ? this.#korean(node, ending) : this.#english(node);
  }

  #korean(node: ConditionNode, ending: 'if' | 'when'): Sentence {
    const end = (ifText: string, whenText: string) => (ending === 'if' ? ifText : whenText);
    const plain = (text: string): Sentence => ({ text, items: [] });
    switch (node.kind) {
      case 'compare': {
        const [left, right] = this.#sides(node);
        const subject = withParticle(left, '이/가');
        const [middle, ifText, whenText] = {
          '>': ['보다', '크면', '클 때'],
          '<': ['보다', '작으면', '작을 때'],
          '>=': ['', '이상이면', '이상일 때'],
          '<=': ['', '이하이면', '이하일 때'],
          '==': [right && withParticle(right, '과/와').slice(right.length), '같으면', '같을 때'],
          '!=': [right && withParticle(right, '과/와').slice(right.length), '다르면', '다를 때'],
        }[node.op] as [string, string, string];
        return plain(`${subject} ${right}${middle} ${end(ifText, whenText)}`);
      }
      case 'cross': {
        const [left, right] = this.#sides(node);
        const way = node.direction === 1 ? '위로' : '아래로';
        return plain(`${withParticle(left, '이/가')} ${withParticle(right, '을/를')} ${way} ${end('뚫으면', '뚫을 때')}`);
      }
      case 'trend':
        return plain(
          `${withParticle(this.number(node.of), '이/가')} ${this.bars(node.bars)} 연속 ${
            node.direction === 1 ? end('오르면', '오를 때') : end('내리면', '내릴 때')
          }`,
        );
      case 'all':
      case 'any':
        return {
          text:
            node.kind === 'all'
              ? end('다음을 모두 만족하면', '다음을 모두 만족할 때')
              : end('다음 중 하나라도 맞으면', '다음 중 하나라도 맞을 때'),
          items: node.of.map((part) => this.#korean(part, 'when')),
        };
      default: {
        const inner = this.#korean(node.of, 'when');
        const text =
          node.kind === 'not'
            ? `${inner.text}${end('가 아니면', '가 아닐 때')}`
            : node.kind === 'for'
              ? `${this.bars(node.bars)} 동안 계속 ${end(this.#korean(node.of, 'if').text, inner.text)}`
              : `최근 ${this.bars(node.bars)} 안에 ${inner.text}가 한 번이라도 ${end('있었으면', '있었을 때')}`;
        return { text, items: inner.items };
      }
    }
  }

  #english(node: ConditionNode): Sentence {
    const plain = (text: string): Sentence => ({ text, items: [] });
    const the = (side: NumberNode, text: string) => (side.kind === 'constant' || side.kind === 'arithmetic' ? text : `the ${text}`);
    switch (node.kind) {
      case 'compare': {
        const [left, right] = this.#sides(node);
        const verb = {
          '>': 'is above',
          '<': 'is below',
          '>=': 'is at least',
          '<=': 'is at most',
          '==': 'equals',
          '!=': 'differs from',
        }[node.op];
        return plain(`${the(node.left, left)} ${verb} ${the(node.right, right)}`);
      }
      case 'cross': {
        const [left, right] = this.#sides(node);
        return plain(`${the(node.left, left)} crosses ${node.direction === 1 ? 'above' : 'below'} ${the(node.right, right)}`);
      }
      case 'trend':
        return plain(
          `${the(node.of, this.number(node.of))} has ${node.direction === 1 ? 'risen' : 'fallen'} for ${this.bars(node.bars)} in a row`,
        );
      case 'all':
      case 'any':
        return {
          text: node.kind === 'all' ? 'all of these hold' : 'any of these holds',
          items: node.of.map((part) => this.#english(part)),
        };
      default: {
        const inner = this.#english(node.of);
        const text =
          node.kind === 'not'
            ? `it is not so that ${inner.text}`
            : node.kind === 'for'
              ? `for ${this.bars(node.bars)} without a break ${inner.text}`
              : `at least once in the last ${this.bars(node.bars)} ${inner.text}`;
        return { text, items: inner.items };
      }
    }
  }

  /** Both sides, a plain number written in the unit of the other. */
  #sides({ left, right }: { left: NumberNode; right: NumberNode }): [string, string] {
    return [
      this.number(left, left.unit === 'number' ? right.unit : left.unit),
      this.number(right, right.unit === 'number' ? left.unit : right.unit),
    ];
  }
}
