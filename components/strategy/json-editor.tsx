'use client';
import { Copy } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import { Label, Textarea } from '#components/ui/input.tsx';
import { ExportKis } from './export-kis.tsx';
import type { Draft } from './use-draft.ts';

/** The document as it is stored. What is typed is checked at once; the faults stand beside it. */
export function JsonEditor({ draft }: { draft: Draft }) {
  const t = useTranslations('strategies.json');
  const id = useId();
  const copy = async () => {
    await navigator.clipboard.writeText(draft.text);
    toast.success(t('copied'));
  };
  return (
    <div>
      <div className="mb-2 flex items-center justify-between gap-2">
        <Label htmlFor={id}>{t('label')}</Label>
        <div className="flex flex-wrap gap-1">
          {draft.program && <ExportKis document={draft.program.document} />}
          <Button size="sm" variant="ghost" onClick={() => void copy()}>
            <Copy aria-hidden />
            {t('copy')}
          </Button>
        </div>
      </div>
      <Textarea
        id={id}
        value={draft.text}
        onChange={(event) => draft.setText(event.target.value)}
        spellCheck={false}
        aria-invalid={draft.faults.length > 0 || undefined}
        className="h-[32rem] resize-y whitespace-pre font-mono text-xs leading-relaxed"
      />
      <p className="mt-1 text-faint text-xs">{t('help')}</p>
    </div>
  );
}
