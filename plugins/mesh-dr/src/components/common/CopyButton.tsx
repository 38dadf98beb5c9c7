import { Button } from '@backstage/ui';
import { RiCheckLine, RiFileCopyLine } from '@remixicon/react';
import { useState } from 'react';
import { useText } from '../../hooks/useText';
import { ErrorNotice } from './ErrorNotice';

/** Puts a text into the clipboard, and says whether that worked. */
export function CopyButton({ text }: { text: string }) {
  const { t } = useText();
  const [copied, setCopied] = useState(false);
  const [failed, setFailed] = useState<Error>();
  const copy = async () => {
    setFailed(undefined);
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch (e) {
      setFailed(e as Error);
    }
  };
  return (
    <>
      <Button
        size="small"
        variant="secondary"
        iconStart={copied ? <RiCheckLine /> : <RiFileCopyLine />}
        onPress={copy}
      >
        {copied ? t('export.copied') : t('export.copy')}
      </Button>
      {failed && <ErrorNotice title={t('common.failed')} error={failed} />}
    </>
  );
}
