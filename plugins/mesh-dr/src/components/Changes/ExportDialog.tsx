import { useApi } from '@backstage/frontend-plugin-api';
import type { Change } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import {
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Skeleton,
  Text,
} from '@backstage/ui';
import { RiDownloadLine } from '@remixicon/react';
import { useCallback } from 'react';
import { meshDrApiRef } from '../../api/meshDrApiRef';
import { usePolling } from '../../hooks/usePolling';
import { useText } from '../../hooks/useText';
import { CopyButton } from '../common/CopyButton';
import common from '../common/common.module.css';
import { ErrorNotice } from '../common/ErrorNotice';

/** A change as files and command lines, to copy or to download. */
export function ExportDialog(props: { change: Change; onClose: () => void }) {
  const { change, onClose } = props;
  const api = useApi(meshDrApiRef);
  const { t } = useText();
  const load = useCallback(
    (signal: AbortSignal) => api.exportChange(change.id, { signal }),
    [api, change.id],
  );
  const { value, error, refresh } = usePolling(load, 0);
  return (
    <Dialog
      isOpen
      width="760px"
      onOpenChange={open => {
        if (!open) onClose();
      }}
    >
      <DialogHeader>{t('export.title')}</DialogHeader>
      <DialogBody>
        <div className={common.stack}>
          <Text as="p">{t('export.description')}</Text>
          {error && (
            <ErrorNotice
              title={t('export.failed')}
              error={error}
              onRetry={refresh}
            />
          )}
          {!value && !error && <Skeleton width="100%" height={160} />}
          {value?.files.map(({ path, content }) => (
            <Exported key={path} title={path} file={path} text={content} />
          ))}
          {value && value.removed.length > 0 && (
            <Text as="p">
              {t('export.removed', { files: value.removed.join(', ') })}
            </Text>
          )}
          {value && value.commands.length > 0 && (
            <Exported
              title={t('export.commands')}
              file={`change-${change.id}.sh`}
              text={`${value.commands.join('\n')}\n`}
            />
          )}
        </div>
      </DialogBody>
      <DialogFooter>
        <Button variant="primary" onPress={onClose}>
          {t('common.close')}
        </Button>
      </DialogFooter>
    </Dialog>
  );
}

function Exported(props: { title: string; file: string; text: string }) {
  const { title, file, text } = props;
  const { t } = useText();
  return (
    <div role="group" aria-label={title} className={common.stack}>
      <div className={common.row}>
        <Text weight="bold">{title}</Text>
        <CopyButton text={text} />
        <Button
          size="small"
          variant="secondary"
          iconStart={<RiDownloadLine />}
          onPress={() => download(file, text)}
        >
          {t('export.download')}
        </Button>
      </div>
      <pre className={`${common.pre} ${common.code}`}>{text}</pre>
    </div>
  );
}

/** Hands a text to the browser as a file; of a path its last part names it. */
function download(path: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = path.split('/').pop() ?? path;
  link.click();
  URL.revokeObjectURL(url);
}
