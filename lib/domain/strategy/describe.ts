import type { Program } from './compile.ts';
import { Describer, grouped, type Language, percent, type Sentence, won } from './describe-expression.ts';
import { decidesBeforeClose, decidesForAuction, isOfMinutes } from './execution-moment.ts';
import { withParticle } from './korean.ts';

export type { Language, Sentence } from './describe-expression.ts';

/** The parts of a strategy in the order a person asks about them. */
export type StrategyPart = 'universe' | 'entry' | 'exit' | 'stops' | 'sizing' | 'execution' | 'costs';
export interface DescribedPart {
  readonly part: StrategyPart;
  readonly sentences: readonly Sentence[];
}

const plain = (text: string): Sentence => ({ text, items: [] });
const ending = (sentence: Sentence, korean: string, english: string, language: Language): Sentence => ({
  text:
    language === 'ko'
      ? `${sentence.text} ${korean}${sentence.items.length > 0 ? ':' : '.'}`
      : `${english} ${sentence.text}${sentence.items.length > 0 ? ':' : '.'}`,
  items: sentence.items,
});

/** What a checked strategy does, in plain sentences, with the parameter values filled in. */
export function describeStrategy(program: Program, language: Language): DescribedPart[] {
  const say = new Describer(language, program.document.timeframe);
  const parts: DescribedPart[] = [
    { part: 'universe', sentences: universe(program, say) },
    { part: 'entry', sentences: [ending(say.condition(program.entry, 'if'), '삽니다', 'Buys when', language)] },
    { part: 'exit', sentences: program.exit ? [ending(say.condition(program.exit, 'if'), '팝니다', 'Sells when', language)] : [] },
    { part: 'stops', sentences: stops(program, say) },
    { part: 'sizing', sentences: [sizing(program, say)] },
    { part: 'execution', sentences: execution(program, language) },
    { part: 'costs', sentences: [plain(costs(program, language))] },
  ];
  return parts.filter(({ sentences }) => sentences.length > 0);
}

function universe(program: Program, say: Describer): Sentence[] {
  const { markets, symbols, exclude, refresh } = program.document.universe;
  const isKorean = say.language === 'ko';
  const found: Sentence[] = [];
  if (symbols.length > 0) {
    const shown = symbols.slice(0, 8).join(', ');
    const more = symbols.length - 8;
    found.push(
      plain(
        isKorean
          ? `고른 종목 ${symbols.length}개만 봅니다: ${shown}${more > 0 ? ` 외 ${more}개` : ''}.`
          : `Looks only at ${symbols.length} chosen symbols: ${shown}${more > 0 ? ` and ${more} more` : ''}.`,
      ),
    );
  } else {
    found.push(plain(isKorean ? `${markets.join(', ')}의 모든 종목을 봅니다.` : `Looks at every symbol of ${markets.join(', ')}.`));
  }
  if (exclude.length > 0)
    found.push(
      plain(
        isKorean
          ? `종목 ${exclude.length}개는 제외합니다: ${exclude.slice(0, 8).join(', ')}.`
          : `Leaves out ${exclude.length}: ${exclude.slice(0, 8).join(', ')}.`,
      ),
    );
  const period = EVERY[refresh];
  const filters = program.filters.map((filter) => say.condition(filter, 'when'));
  if (filters.length > 0)
    found.push({
      text: isKorean
        ? `그중 다음을 만족하는 종목만 후보로 두고 ${period.ko} 다시 고릅니다:`
        : `Of those, only symbols for which the following holds are candidates, chosen again ${period.en}:`,
      items: filters,
    });
  if (program.rank) {
    const by = say.number(program.rank.by);
    const isDescending = program.rank.order === 'desc';
    const { limit } = program.rank;
    found.push(
      plain(
        isKorean
          ? `후보가 겹치면 ${withParticle(by, '이/가')} ${isDescending ? '큰' : '작은'} 순서로 삽니다${limit ? `(상위 ${limit}개까지)` : ''}.`
          : `Among candidates, the ${isDescending ? 'largest' : 'smallest'} ${by} goes first${limit ? ` (the first ${limit} only)` : ''}.`,
      ),
    );
  }
  return found;
}

function stops({ stops: rules }: Program, say: Describer): Sentence[] {
  const isKorean = say.language === 'ko';
  const found: string[] = [];
  if (rules.loss !== null)
    found.push(
      isKorean ? `산 값보다 ${percent(rules.loss)} 내리면 손절합니다.` : `Cuts the loss ${percent(rules.loss)} below the entry price.`,
    );
  if (rules.profit !== null)
    found.push(
      isKorean
        ? `산 값보다 ${percent(rules.profit)} 오르면 익절합니다.`
        : `Takes the profit ${percent(rules.profit)} above the entry price.`,
    );
  if (rules.trailing !== null)
    found.push(
      isKorean
        ? `산 뒤의 최고가에서 ${percent(rules.trailing)} 내려오면 팝니다.`
        : `Sells ${percent(rules.trailing)} below the highest price since entry.`,
    );
  if (rules.atr !== null)
    found.push(
      isKorean
        ? `산 값보다 ${say.number(rules.atr.node)}의 ${grouped(rules.atr.multiple)}배만큼 내리면 팝니다.`
        : `Sells ${grouped(rules.atr.multiple)} times ${say.number(rules.atr.node)} below the entry price.`,
    );
  if (rules.maxBars !== null)
    found.push(isKorean ? `${withParticle(say.bars(rules.maxBars), '이/가')} 지나면 팝니다.` : `Sells after ${say.bars(rules.maxBars)}.`);
  return found.map(plain);
}

const EVERY = {
  daily: { ko: '매일', en: 'every day' },
  weekly: { ko: '매주', en: 'every week' },
  monthly: { ko: '매월', en: 'every month' },
} as const;
/** When weights are brought back. */
const BAR_OF = {
  daily: { ko: '매일 첫 봉 뒤에', en: 'after the first bar of each day' },
  weekly: { ko: '매주 첫 봉 뒤에', en: 'after the first bar of each week' },
  monthly: { ko: '매월 첫 봉 뒤에', en: 'after the first bar of each month' },
} as const;
const AUCTION_OF = {
  daily: { ko: '매일 종가 동시호가에', en: "in each day's closing auction" },
  weekly: { ko: '매주 첫 거래일 종가 동시호가에', en: "in the closing auction of each week's first day" },
  monthly: { ko: '매월 첫 거래일 종가 동시호가에', en: "in the closing auction of each month's first day" },
} as const;

function sizing({ sizing: rule, document }: Program, say: Describer): Sentence {
  const most = rule.maxPositions;
  const isKorean = say.language === 'ko';
  const limit = isKorean ? `한꺼번에 ${most}종목까지 가집니다.` : `at most ${most} position${most === 1 ? '' : 's'} at once.`;
  const of = (ko: string, en: string): Sentence => plain(`${isKorean ? ko : en}, ${limit}`);
  switch (rule.kind) {
    case 'equal_weight':
      return of(`자산을 ${most}등분해 종목마다 한 몫씩`, `One part in ${most} of the equity for each symbol`);
    case 'percent_equity':
      return of(`종목마다 자산의 ${percent(rule.percent)}씩`, `${percent(rule.percent)} of the equity for each symbol`);
    case 'fixed_amount':
      return of(`종목마다 ${won(rule.amount, 'ko')}씩`, `${won(rule.amount, 'en')} for each symbol`);
    case 'risk_per_trade':
      return of(
        `손절되면 자산의 ${percent(rule.risk)}를 잃을 만큼씩`,
        `As many shares of each symbol as lose ${percent(rule.risk)} of the equity when stopped out`,
      );
    case 'volatility_target':
      return of(
        `자산의 연 변동성이 ${percent(rule.volatility)}를 넘지 않도록 종목마다 ${say.bars(rule.period)} 변동성에 반비례하게`,
        `Each symbol in inverse proportion to its volatility over ${say.bars(rule.period)}, so that the portfolio's stays within ${percent(rule.volatility)} a year`,
      );
    case 'weights':
      return weights(rule, limit, decidesForAuction(document), say);
  }
}

function weights(rule: Program['sizing'] & { kind: 'weights' }, limit: string, isForAuction: boolean, say: Describer): Sentence {
  const isKorean = say.language === 'ko';
  const when = (isForAuction ? AUCTION_OF : BAR_OF)[rule.rebalance][say.language];
  const off =
    rule.tolerance === 0
      ? ''
      : isKorean
        ? `${percent(rule.tolerance)} 넘게 벗어난 비중을 `
        : ` those more than ${percent(rule.tolerance)} off`;
  const parts = rule.weights
    ? isKorean
      ? '정해 둔 비중대로'
      : 'By fixed weights'
    : isKorean
      ? '종목마다 같은 비중으로'
      : 'Every symbol with an equal weight';
  const items = Object.entries(rule.weights ?? {}).map(([code, weight]) => plain(`${code} ${percent(weight)}`));
  const text = isKorean
    ? `${parts} 사고 ${when} ${off || '비중을 '}다시 맞추며, ${limit}`
    : `${parts}, brought back ${when}${off}, ${limit}`;
  return { text, items };
}

function execution({ document }: Program, language: Language): Sentence[] {
  const { participation, at, orderType, limitOffsetTicks: ticks } = document.execution;
  const { entryFrom, entryUntil, exitAllBeforeClose } = document.sessions;
  const isLimit = orderType === 'limit';
  const isForAuction = decidesForAuction(document);
  const how = isLimit ? { ko: '지정가로', en: 'with a limit' } : { ko: '시장가로', en: 'at the market' };
  const when = {
    next_open: { ko: '봉이 끝난 뒤 판단하고 다음 봉 시가에', en: 'Decides after a bar has closed and orders at the next open' },
    next_close: { ko: '봉이 끝난 뒤 판단하고 다음 봉 종가에', en: 'Decides after a bar has closed and orders at the next close' },
    this_close_auction: isForAuction
      ? {
          ko: '하루 한 번, 장 마감 11분 전까지 끝난 봉으로 판단하고 그날 종가 동시호가에',
          en: "Decides once a day, on bars that have ended 11 minutes before the close, and orders into that day's closing auction",
        }
      : {
          ko: '장이 끝나기 전에 그날 시가와 전날까지의 값으로 판단하고 그날 종가 동시호가에',
          en: "Decides before the close on the day's open and the days before, and orders into that day's closing auction",
        },
  }[at];
  const found =
    language === 'ko'
      ? [`${when.ko} ${how.ko} 주문합니다. 한 봉 거래량의 ${percent(participation)}까지만 체결합니다.`]
      : [`${when.en}, ${how.en}; fills at most ${percent(participation)} of a bar's volume.`];
  const life = isOfMinutes(document.timeframe) && !isForAuction ? LIVES.bar : LIVES.day;
  if (isLimit) found.push(limitSentence(ticks, decidesBeforeClose(document), life[language], language));
  if (entryFrom || entryUntil)
    found.push(
      language === 'ko'
        ? `${entryFrom ?? '장 시작'}부터 ${entryUntil ?? '장 마감'}까지만 새로 삽니다.`
        : `Opens positions only from ${entryFrom ?? 'the open'} to ${entryUntil ?? 'the close'}.`,
    );
  if (exitAllBeforeClose) found.push(sellsAll(isLimit)[language]);
  return found.map(plain);
}

const sellsAll = (isLimit: boolean) =>
  isLimit
    ? { ko: '장이 끝나기 전에 모두 시장가로 팝니다.', en: 'Sells everything at the market before the close.' }
    : { ko: '장이 끝나기 전에 모두 팝니다.', en: 'Sells everything before the close.' };

/** What becomes of a limit order that has had its time. */
const LIVES = {
  day: { ko: '그날 체결되지 않은 수량은 취소됩니다', en: 'what is not filled that day is cancelled' },
  bar: { ko: '다음 봉이 끝날 때까지 체결되지 않은 수량은 취소됩니다', en: 'what is not filled by the end of the next bar is cancelled' },
} as const;

/** What a limit order names, and how long it stands. */
function limitSentence(ticks: number, isBeforeClose: boolean, life: string, language: Language): string {
  const count = Math.abs(ticks);
  if (language === 'ko') {
    const reference = isBeforeClose ? '그날 시가' : '판단한 봉의 종가';
    const [buy, sell] = ticks > 0 ? ['높은', '낮은'] : ['낮은', '높은'];
    const place =
      ticks === 0 ? `${reference}입니다` : `${reference}보다 살 때는 ${count}호가 ${buy}, 팔 때는 ${count}호가 ${sell} 값입니다`;
    return `지정가는 ${place}. ${life}.`;
  }
  const reference = isBeforeClose ? "the day's open" : 'the close that decided';
  const step = `${count} tick${count === 1 ? '' : 's'}`;
  const place =
    ticks === 0
      ? 'is'
      : ticks > 0
        ? `gives way ${step} (buys higher, sells lower) from`
        : `asks for ${step} more (buys lower, sells higher) than`;
  return `The limit ${place} ${reference}; ${life}.`;
}

function slippageText(slippage: Program['document']['costs']['slippage'], isKorean: boolean): string {
  switch (slippage.kind) {
    case 'none':
      return isKorean ? '미끄러짐 없이' : 'no slippage';
    case 'ticks':
      return isKorean ? `${slippage.value}호가 불리하게` : `${slippage.value} tick${slippage.value === 1 ? '' : 's'} of slippage`;
    case 'rate':
      return isKorean ? `${percent(slippage.value)} 불리하게` : `${percent(slippage.value)} of slippage`;
    case 'impact':
      return isKorean
        ? `봉 거래량만큼 주문하면 ${percent(slippage.value)}, 그보다 작으면 비중의 제곱근만큼 불리하게`
        : `a market impact of ${percent(slippage.value)} for a bar's whole volume, by the square root of our part of it`;
  }
}

function costs({ document }: Program, language: Language): string {
  const { commissionRate, tax, slippage } = document.costs;
  const isKorean = language === 'ko';
  const rate = `${grouped(Math.round(commissionRate * 10_000_000) / 100_000)}%`;
  const taxText =
    tax === 'krx'
      ? isKorean
        ? '거래세는 그날의 법대로'
        : "the day's transaction tax"
      : tax === 'none'
        ? isKorean
          ? '거래세 없이'
          : 'no tax'
        : isKorean
          ? `거래세 ${percent(tax.rate)}`
          : `a tax of ${percent(tax.rate)}`;
  const slip = slippageText(slippage, isKorean);
  return isKorean
    ? `수수료 ${rate}, ${taxText}, ${slip} 체결된다고 계산합니다.`
    : `Reckons with a commission of ${rate}, ${taxText} and ${slip}.`;
}
