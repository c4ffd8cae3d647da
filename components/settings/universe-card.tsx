'use client';
import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { useDesk } from '#components/desk/desk-context.tsx';
import { useInstruments } from '#components/market/use-instruments.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardBody, CardHeader } from '#components/ui/card.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { FormField } from '#components/ui/form.tsx';
import { Input } from '#components/ui/input.tsx';
import { Switch } from '#components/ui/switch.tsx';
import type { Market } from '#domain/market/instrument.ts';
import { type InvestmentSettings, preferenceRepo } from '#lib/db/preferences.ts';
import { useDb } from '#lib/realtime/context.tsx';

const MARKETS: readonly Market[] = ['KOSPI', 'KOSDAQ', 'KONEX'];

/** The mask over every strategy: markets, exclusions, designated stocks. */
export function UniverseCard({ initial }: { initial: InvestmentSettings }) {
  const t = useTranslations('settings');
  const tCommon = useTranslations('common');
  const db = useDb();
  const { user, locale } = useDesk();
  const { instruments } = useInstruments();
  const [settings, setSettings] = useState(initial);
  const [typed, setTyped] = useState('');
  const [isUnknown, setIsUnknown] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const nameOf = (symbol: string) => {
    const found = instruments?.find((row) => row.symbol === symbol);
    return found ? (locale === 'en' && found.nameEn ? found.nameEn : found.nameKo) : '';
  };
  const exclude = () => {
    const wanted = typed.trim().toUpperCase();
    const found = instruments?.find(
      (row) => row.symbol === wanted || row.nameKo.toUpperCase() === wanted || row.nameEn.toUpperCase() === wanted,
    );
    setIsUnknown(!found && wanted !== '');
    if (!found) return;
    if (!settings.exclude.includes(found.symbol)) setSettings({ ...settings, exclude: [...settings.exclude, found.symbol] });
    setTyped('');
  };
  const save = async () => {
    setIsBusy(true);
    try {
      await preferenceRepo(db).saveInvestment(user.id, settings);
      toast.success(tCommon('saved'));
    } catch {
      toast.error(t('saveFailed'));
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Card>
      <CardHeader title={t('universe')} />
      <CardBody className="flex flex-col gap-5">
        <p className="text-muted text-sm">{t('universeHelp')}</p>
        <fieldset>
          <legend className="font-medium text-muted text-xs">{t('markets')}</legend>
          <div className="mt-2 flex flex-wrap gap-4">
            {MARKETS.map((market) => (
              <label key={market} htmlFor={`market-${market}`} className="flex items-center gap-2 text-sm">
                <Checkbox
                  id={`market-${market}`}
                  checked={settings.markets.includes(market)}
                  onCheckedChange={(isOn) =>
                    setSettings({
                      ...settings,
                      markets: isOn ? [...settings.markets, market] : settings.markets.filter((known) => known !== market),
                    })
                  }
                />
                {market}
              </label>
            ))}
          </div>
          {settings.markets.length === 0 && <p className="mt-1 text-danger text-xs">{t('noMarket')}</p>}
        </fieldset>
        <div>
          <FormField label={t('exclude')} help={t('excludeHelp')} error={isUnknown ? t('excludeUnknown') : undefined}>
            {(control) => (
              <div className="flex gap-2">
                <Input
                  {...control}
                  value={typed}
                  onChange={(event) => setTyped(event.target.value)}
                  onKeyDown={(event) => {
                    if (event.key !== 'Enter') return;
                    event.preventDefault();
                    exclude();
                  }}
                />
                <Button onClick={exclude}>{t('add')}</Button>
              </div>
            )}
          </FormField>
          <ul className="mt-2 flex flex-wrap gap-1.5">
            {settings.exclude.map((symbol) => (
              <li key={symbol} className="flex items-center gap-1 rounded-md border bg-sunken py-0.5 pr-0.5 pl-2 text-xs">
                {nameOf(symbol)} <span className="num text-faint">{symbol}</span>
                <Button
                  variant="ghost"
                  size="icon-sm"
                  className="size-5"
                  aria-label={t('unexclude', { symbol })}
                  onClick={() => setSettings({ ...settings, exclude: settings.exclude.filter((known) => known !== symbol) })}
                >
                  <X aria-hidden />
                </Button>
              </li>
            ))}
          </ul>
        </div>
        <div className="flex items-start justify-between gap-4">
          <label htmlFor="allow-restricted" className="text-sm">
            {t('allowRestricted')}
            <span className="block text-muted text-xs">{t('allowRestrictedHelp')}</span>
          </label>
          <Switch
            id="allow-restricted"
            checked={settings.allowRestricted}
            onCheckedChange={(isOn) => setSettings({ ...settings, allowRestricted: isOn })}
          />
        </div>
        <div className="flex justify-end">
          <Button variant="primary" isBusy={isBusy} disabled={settings.markets.length === 0} onClick={save}>
            {tCommon('save')}
          </Button>
        </div>
      </CardBody>
    </Card>
  );
}
