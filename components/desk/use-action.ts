'use client';
import { useLocale } from 'next-intl';
import { useCallback, useState } from 'react';
import { toast } from 'sonner';
import { AppError } from '#lib/errors.ts';
import { errorSentence } from '#lib/http/error-sentence.ts';
import { type Locale, toLocale } from '#lib/i18n/locale.ts';

/** The sentence of whatever a call threw. */
export function faultSentence(error: unknown, locale: Locale): string {
  return errorSentence(error instanceof AppError ? error : new AppError('internal', 'unexpected fault', { cause: error }), locale);
}

/** Runs one thing a person asked for: busy while it lasts, its fault as a sentence. True when it was done. */
export function useAction(): { isBusy: boolean; run: (action: () => Promise<unknown>) => Promise<boolean> } {
  const locale = toLocale(useLocale());
  const [isBusy, setIsBusy] = useState(false);
  const run = useCallback(
    async (action: () => Promise<unknown>) => {
      setIsBusy(true);
      try {
        await action();
        return true;
      } catch (error) {
        toast.error(faultSentence(error, locale));
        return false;
      } finally {
        setIsBusy(false);
      }
    },
    [locale],
  );
  return { isBusy, run };
}
