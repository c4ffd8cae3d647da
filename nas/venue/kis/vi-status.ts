import { compactDay, parseCompactDay, seoulDay, seoulTime } from '../seoul-time.ts';
import { percent } from './change.ts';
import { type Answer, badInput, quoted } from './codes.ts';
import type { Call } from './routes.ts';

/** FHPST01390000 inquire-vi-status (real only): the last thirty interruptions, newest first; an empty code asks for all issues. */
export function inquireViStatus({ exchange, input, now }: Call): Answer {
  const day = parseCompactDay(input.FID_INPUT_DATE_1 ?? '');
  if (!day) return badInput('FID_INPUT_DATE_1');
  const output = exchange.interruptions.events
    .filter((event) => seoulDay(event.startedAt) === day && (!input.FID_INPUT_ISCD || input.FID_INPUT_ISCD === event.symbol))
    .map((event) => {
      const market = exchange.markets.get(event.symbol)!;
      const isStatic = event.kind === 'static';
      const distance = percent(event.price - event.reference, event.reference);
      const isOn = market.vi === event;
      return {
        hts_kor_isnm: market.instrument.nameKo,
        mksc_shrn_iscd: event.symbol,
        vi_cls_code: isOn ? 'Y' : 'N',
        bsop_date: compactDay(day),
        cntg_vi_hour: seoulTime(event.startedAt),
        vi_cncl_hour: isOn && event.endsAt > now ? '000000' : seoulTime(event.endsAt),
        vi_kind_code: isStatic ? '1' : '2',
        vi_prc: String(event.price),
        vi_stnd_prc: isStatic ? String(event.reference) : '0',
        vi_dprt: isStatic ? distance : '0.00',
        vi_dmc_stnd_prc: isStatic ? '0' : String(event.reference),
        vi_dmc_dprt: isStatic ? '0.00' : distance,
        vi_count: String(event.count),
      };
    });
  return quoted({ output });
}
