'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogActions, DialogClose, DialogContent } from '#components/ui/dialog.tsx';
import { FormField } from '#components/ui/form.tsx';
import { Input } from '#components/ui/input.tsx';
import { Select } from '#components/ui/select.tsx';
import { Notice } from '#components/ui/states.tsx';
import { ToggleGroup } from '#components/ui/toggle-group.tsx';
import { HALT_LEVELS, type HaltLevel, type HaltView, platformRepo } from '#lib/db/platform.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { useDesk } from './desk-context.tsx';
import { HaltList } from './halt-list.tsx';
import { useAction } from './use-action.ts';

/** Something whose trading can be stopped, and its name on the screen. */
export interface HaltTarget {
  readonly scope: HaltView['scope'];
  readonly scopeId: string;
  readonly name: string;
}
export const targetKey = ({ scope, scopeId }: Pick<HaltTarget, 'scope' | 'scopeId'>): string => `${scope}:${scopeId}`;

/** The one place where a level of the kill switch is chosen: for oneself on the desk, for everybody on the administrators' page. */
export function HaltDialog(props: {
  targets: readonly HaltTarget[];
  /** What is chosen when it opens. */
  initial: HaltTarget;
  /** Halts shown above the choice: all that stand against the reader's trading. */
  standing: readonly HaltView[];
  nameOf: (halt: HaltView) => string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}) {
  const t = useTranslations('shell.halt');
  return (
    <Dialog open={props.isOpen} onOpenChange={props.onOpenChange}>
      {props.isOpen && (
        <DialogContent title={t('title')} description={t('body')}>
          {props.standing.length > 0 && <HaltList halts={props.standing} nameOf={props.nameOf} className="mb-4" />}
          <HaltForm {...props} />
        </DialogContent>
      )}
    </Dialog>
  );
}

function HaltForm({ targets, initial, onOpenChange }: Parameters<typeof HaltDialog>[0]) {
  const t = useTranslations('shell.halt');
  const db = useDb();
  const { halts, showHalt } = useDesk();
  const { isBusy, run } = useAction();
  const levelOf = (key: string) => halts.find((row) => targetKey(row) === key)?.level ?? 'none';
  const [key, setKey] = useState(targetKey(initial));
  const [level, setLevel] = useState<HaltLevel>(levelOf(key));
  const [reason, setReason] = useState('');
  const target = targets.find((one) => targetKey(one) === key) ?? initial;
  const current = levelOf(key);
  const isLowered = HALT_LEVELS.indexOf(level) < HALT_LEVELS.indexOf(current);
  const apply = async () => {
    if (!(await run(async () => showHalt(await platformRepo(db).setHalt(target.scope, target.scopeId, level, reason.trim()))))) return;
    toast.success(t('applied', { name: target.name, level: t(level) }));
    onOpenChange(false);
  };
  return (
    <>
      {targets.length > 1 && (
        <FormField label={t('target')} className="mb-3">
          {(control) => (
            <Select
              id={control.id}
              label={t('target')}
              value={key}
              onValueChange={(next) => {
                setKey(next);
                setLevel(levelOf(next));
              }}
              options={targets.map((one) => ({ value: targetKey(one), label: one.name, hint: t(levelOf(targetKey(one))) }))}
            />
          )}
        </FormField>
      )}
      <ToggleGroup
        label={t('level')}
        value={level}
        onValueChange={setLevel}
        className="flex flex-wrap"
        options={HALT_LEVELS.map((value) => ({ value, label: t(value) }))}
      />
      <p className="mt-2 min-h-10 text-muted text-sm">{t(`explain.${level}`)}</p>
      {level === 'cancel_all' && <Notice tone="danger">{t('cancelAllWarning')}</Notice>}
      <FormField label={t('reason')} className="mt-3" help={isLowered ? t('reasonNeeded') : undefined}>
        {(control) => <Input {...control} value={reason} maxLength={200} onChange={(event) => setReason(event.target.value)} />}
      </FormField>
      <DialogActions>
        <DialogClose asChild>
          <Button>{t('keep')}</Button>
        </DialogClose>
        <Button
          variant={isLowered ? 'primary' : 'danger'}
          isBusy={isBusy}
          disabled={level === current || (isLowered && reason.trim() === '')}
          onClick={() => void apply()}
        >
          {t('apply')}
        </Button>
      </DialogActions>
    </>
  );
}
