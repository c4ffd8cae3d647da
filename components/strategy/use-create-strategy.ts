'use client';
import { useRouter } from 'next/navigation';
import { useAction } from '#components/desk/use-action.ts';
import { compileStrategy } from '#domain/strategy/compile.ts';
import type { StrategyDraft } from '#domain/strategy/schema.ts';
import { strategyRepo } from '#lib/db/strategies.ts';
import { AppError } from '#lib/errors.ts';
import { useDb } from '#lib/realtime/context.tsx';

/** Saves a draft as the first version of a strategy of one's own and opens it. */
export function useCreateStrategy(): { isBusy: boolean; create: (draft: StrategyDraft, template: string | null) => Promise<boolean> } {
  const router = useRouter();
  const db = useDb();
  const { isBusy, run } = useAction();
  const create = (draft: StrategyDraft, template: string | null) =>
    run(async () => {
      const compiled = compileStrategy(draft);
      if (!compiled.ok) throw new AppError('invalid_input', 'the draft does not compile', { detail: { faults: compiled.faults } });
      const { document, strategyHash: hash } = compiled.program;
      const { id } = await strategyRepo(db).save({ id: null, name: document.name, template, document, params: {}, hash });
      router.push(`/strategies/${id}`);
    });
  return { isBusy, create };
}
