import { Alert, Button } from '@backstage/ui';
import { RiRefreshLine } from '@remixicon/react';
import { useText } from '../../hooks/useText';
import styles from './common.module.css';

export interface ErrorNoticeProps {
  /** What could not be done. */
  title: string;
  error: Error;
  /** What to do next, when it is known better than "try again". */
  advice?: string;
  onRetry?: () => void;
}

/** Status code of a ResponseError, whatever copy of the class it came from. */
export function statusOf(error: Error): number | undefined {
  return (error as { statusCode?: number }).statusCode;
}

/** The server's own sentence: ResponseErrors put it into the body and wrap it in "Request failed with …". */
export function messageOf(error: Error): string {
  const body = (error as { body?: { error?: { message?: string } } }).body;
  return body?.error?.message || error.message || error.name;
}

/** An error, whole, with what to do next. */
export function ErrorNotice(props: ErrorNoticeProps) {
  const { title, error, advice, onRetry } = props;
  const { t } = useText();
  const status = statusOf(error);
  let next = advice;
  if (!next && (status === 401 || status === 403)) {
    next = t('error.adviceForbidden');
  } else if (!next && (status === undefined || status >= 500)) {
    next = t('error.adviceUnreachable');
  }
  return (
    <Alert
      role="alert"
      status="danger"
      icon
      title={title}
      description={
        <>
          <p className={styles.pre}>{messageOf(error)}</p>
          {next && <p>{next}</p>}
        </>
      }
      customActions={
        onRetry && (
          <Button
            size="small"
            variant="secondary"
            iconStart={<RiRefreshLine />}
            onPress={onRetry}
          >
            {t('common.tryAgain')}
          </Button>
        )
      }
    />
  );
}
