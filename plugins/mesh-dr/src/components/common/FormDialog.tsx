import { Dialog, DialogBody, DialogFooter, DialogHeader } from '@backstage/ui';
import type { ReactNode } from 'react';
import common from './common.module.css';

export interface FormDialogProps {
  title: string;
  /** Of the window, px. */
  width: number;
  /** Its buttons. */
  actions: ReactNode;
  children: ReactNode;
  onClose: () => void;
}

/** A window over the page that its own buttons close: nothing typed is lost to a stray click beside it. */
export function FormDialog(props: FormDialogProps) {
  const { title, width, actions, children, onClose } = props;
  return (
    <Dialog
      isOpen
      isDismissable={false}
      width={`${width}px`}
      onOpenChange={open => {
        if (!open) onClose();
      }}
    >
      <DialogHeader>{title}</DialogHeader>
      <DialogBody>
        <div className={common.stack}>{children}</div>
      </DialogBody>
      <DialogFooter>{actions}</DialogFooter>
    </Dialog>
  );
}
