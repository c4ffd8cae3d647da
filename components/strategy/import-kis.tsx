'use client';
import { FileInput } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogActions, DialogClose, DialogContent, DialogTrigger } from '#components/ui/dialog.tsx';
import { FormField } from '#components/ui/form.tsx';
import { Input } from '#components/ui/input.tsx';
import { compileStrategy } from '#domain/strategy/compile.ts';
import type { FromKis } from '#domain/strategy/kis/from-kis.ts';
import { FaultList } from './fault-list.tsx';
import { readKisYaml } from './kis-yaml.ts';
import { useCreateStrategy } from './use-create-strategy.ts';

/** Makes a strategy of one's own from a strategy file of KIS; what does not carry over is read before anything is made. */
export function ImportKis() {
  const t = useTranslations('strategies.kis');
  const { isBusy, create } = useCreateStrategy();
  const [isOpen, setIsOpen] = useState(false);
  const [found, setFound] = useState<FromKis | null>(null);
  const draft = found?.draft ?? null;
  const compiled = draft && compileStrategy(draft);
  const faults = compiled && !compiled.ok ? compiled.faults : [];
  const change = (next: boolean) => {
    setIsOpen(next);
    setFound(null);
  };
  return (
    <Dialog open={isOpen} onOpenChange={change}>
      <DialogTrigger asChild>
        <Button>
          <FileInput aria-hidden />
          {t('import')}
        </Button>
      </DialogTrigger>
      <DialogContent title={t('importTitle')} description={t('importBody')} className="max-w-lg">
        <FormField label={t('file')} help={t('fileHelp')}>
          {(control) => (
            <Input
              {...control}
              type="file"
              accept=".yaml,.yml"
              className="py-1.5"
              onChange={async (event) => {
                const file = event.target.files?.[0];
                setFound(file ? await readKisYaml(await file.text()) : null);
              }}
            />
          )}
        </FormField>
        <div className="mt-3 flex flex-col gap-3" aria-live="polite">
          {draft && <p className="font-medium text-sm">{t('read', { name: draft.name })}</p>}
          {faults.length > 0 && <FaultList faults={faults} />}
          {found && found.remarks.length > 0 && (
            <FaultList
              faults={found.remarks}
              tone={draft ? 'warn' : 'danger'}
              title={draft ? t('notCarried', { count: found.remarks.length }) : t('refused')}
            />
          )}
        </div>
        <DialogActions>
          <DialogClose asChild>
            <Button>{t('cancel')}</Button>
          </DialogClose>
          <Button
            variant="primary"
            isBusy={isBusy}
            disabled={!draft || faults.length > 0}
            onClick={() => draft && void create(draft, null)}
          >
            {t('create')}
          </Button>
        </DialogActions>
      </DialogContent>
    </Dialog>
  );
}
