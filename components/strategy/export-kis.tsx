'use client';
import { FileOutput } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogActions, DialogClose, DialogContent } from '#components/ui/dialog.tsx';
import { download } from '#components/ui/download.ts';
import type { Fault } from '#domain/strategy/fault.ts';
import type { StrategyDocument } from '#domain/strategy/schema.ts';
import { FaultList } from './fault-list.tsx';
import { writeKisYaml } from './kis-yaml.ts';

interface Written {
  readonly text: string;
  readonly remarks: readonly Fault[];
}

/** Hands a document out as a strategy file of KIS, after saying what that file cannot hold. */
export function ExportKis({ document }: { document: StrategyDocument }) {
  const t = useTranslations('strategies.kis');
  const [written, setWritten] = useState<Written | null>(null);
  const fileName = `${document.name}.kis.yaml`.replace(/[\\/:*?"<>|]/g, '_');
  return (
    <>
      <Button size="sm" variant="ghost" onClick={async () => setWritten(await writeKisYaml(document))}>
        <FileOutput aria-hidden />
        {t('export')}
      </Button>
      <Dialog open={written !== null} onOpenChange={(isOpen) => !isOpen && setWritten(null)}>
        <DialogContent title={t('exportTitle')} description={t('exportBody')} className="max-w-lg">
          {written && written.remarks.length > 0 && (
            <FaultList faults={written.remarks} tone="warn" title={t('notCarried', { count: written.remarks.length })} />
          )}
          <DialogActions>
            <DialogClose asChild>
              <Button>{t('cancel')}</Button>
            </DialogClose>
            <DialogClose asChild>
              <Button variant="primary" onClick={() => written && download(fileName, written.text, 'application/yaml')}>
                {t('download')}
              </Button>
            </DialogClose>
          </DialogActions>
        </DialogContent>
      </Dialog>
    </>
  );
}
