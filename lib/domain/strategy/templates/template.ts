import type { StrategyDraft } from '#domain/strategy/schema.ts';

/** A strategy that people know, ready to run and to change. `about` is one paragraph for the screen. */
export interface StrategyTemplate {
  readonly id: string;
  readonly ko: { readonly name: string; readonly about: string };
  readonly en: { readonly name: string; readonly about: string };
  readonly document: StrategyDraft;
}
