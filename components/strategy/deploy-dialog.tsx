'use client';
import { Bot } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { useDesk } from '#components/desk/desk-context.tsx';
import { ModeBanner } from '#components/desk/mode-badge.tsx';
import { useAction } from '#components/desk/use-action.ts';
import { formatWon } from '#components/numbers/format.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogActions, DialogClose, DialogContent } from '#components/ui/dialog.tsx';
import { FormField } from '#components/ui/form.tsx';
import { NumberInput } from '#components/ui/number-input.tsx';
import { Select } from '#components/ui/select.tsx';
import { Notice } from '#components/ui/states.tsx';
import type { Fault } from '#domain/strategy/fault.ts';
import { strategyRepo } from '#lib/db/strategies.ts';
import { useDb } from '#lib/realtime/context.tsx';
import { SymbolPicker } from './symbol-picker.tsx';
import type { ParamValues } from './use-draft.ts';

/** As many symbols as the exchange's live feed can follow for one strategy; the database refuses more. */
const MAX_SYMBOLS = 100;

interface Props {
  readonly isOpen: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly strategyName: string;
  readonly symbols: readonly string[];
  /** Why the auto-trader cannot run this document; null when it can. */
  readonly unfit: Pick<Fault, 'ko' | 'en'> | null;
  readonly prepare: () => Promise<{ strategyId: string | null; version: number | null; params: ParamValues }>;
}

/** Lets a saved version trade by itself on a paper account. */
export function DeployDialog(props: Props) {
  const t = useTranslations('strategies.deploy');
  return (
    <Dialog open={props.isOpen} onOpenChange={props.onOpenChange}>
      <DialogContent
        title={t('title')}
        description={t('body', { name: props.strategyName })}
        banner={<ModeBanner isPaper />}
        className="max-w-lg"
      >
        <DeployForm {...props} />
      </DialogContent>
    </Dialog>
  );
}

function DeployForm({ strategyName, symbols: initialSymbols, unfit, prepare }: Props) {
  const t = useTranslations('strategies.deploy');
  const router = useRouter();
  const db = useDb();
  const { accounts, balances, settings, locale } = useDesk();
  const { isBusy, run } = useAction();
  const usable = accounts.filter((account) => account.isActive && account.isPaper && account.isReady);
  const [accountId, setAccountId] = useState(usable[0]?.id ?? '');
  const [symbols, setSymbols] = useState<readonly string[]>(initialSymbols.slice(0, MAX_SYMBOLS));
  const [capital, setCapital] = useState<number | null>(10_000_000);
  const cash = balances.find((row) => row.accountId === accountId)?.orderable;
  if (usable.length === 0)
    return (
      <Notice tone="warn">
        {t('noAccount')}{' '}
        <Link href="/accounts" className="underline">
          {t('toAccounts')}
        </Link>
      </Notice>
    );
  if (unfit) return <Notice tone="warn">{unfit[locale]}</Notice>;
  const deploy = () =>
    run(async () => {
      const { strategyId, version, params } = await prepare();
      await strategyRepo(db).deploy({
        strategyId: strategyId ?? '',
        version: version ?? 0,
        accountId,
        symbols,
        capital: capital ?? 0,
        params,
      });
      toast.success(t('done', { name: strategyName }));
      router.push('/auto');
    });
  return (
    <div className="flex flex-col gap-4">
      {!settings.autoEnabled && <Notice tone="warn">{t('autoOff')}</Notice>}
      <FormField label={t('account')} help={t('paperOnly')}>
        {(control) => (
          <Select
            id={control.id}
            label={t('account')}
            value={accountId}
            onValueChange={setAccountId}
            options={accounts
              .filter((account) => account.isActive)
              .map((account) => ({
                value: account.id,
                label: `${account.label || account.broker} ${account.mask}`,
                isDisabled: !account.isPaper || !account.isReady,
                ...(account.isPaper ? (account.isReady ? {} : { hint: t('notReady') }) : { hint: t('realLater') }),
              }))}
          />
        )}
      </FormField>
      <SymbolPicker
        label={t('symbols')}
        help={t('symbolsHelp', { max: MAX_SYMBOLS })}
        value={symbols}
        onChange={setSymbols}
        max={MAX_SYMBOLS}
      />
      <FormField label={t('capital')} help={cash === undefined ? t('capitalHelp') : t('capitalCash', { cash: formatWon(cash, locale) })}>
        {(control) => <NumberInput {...control} value={capital} unit={t('won')} onValueChange={setCapital} />}
      </FormField>
      <DialogActions>
        <DialogClose asChild>
          <Button>{t('cancel')}</Button>
        </DialogClose>
        <Button
          variant="primary"
          isBusy={isBusy}
          disabled={symbols.length === 0 || !capital || accountId === ''}
          onClick={() => void deploy()}
        >
          {!isBusy && <Bot aria-hidden />}
          {t('start')}
        </Button>
      </DialogActions>
    </div>
  );
}
