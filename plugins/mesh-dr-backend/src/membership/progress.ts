import type { Operation } from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** What an operation says once it has asked ASM for something. */
export const JOIN_ASKED = 'asked ASM to add the cluster';
export const LEAVE_ASKED = 'asked ASM to remove the cluster';
export const CLEANUP_ASKED = 'asked ASM to remove what an earlier attempt left';

const REQUESTS = [JOIN_ASKED, LEAVE_ASKED, CLEANUP_ASKED];

/** Whether the message tells of something that goes on in the cloud whatever becomes of the operation. */
export const isRequest = (message: string) => REQUESTS.includes(message);

/** Progress is the operation's memory: what was asked once is not asked again after a restart. */
export function asked(operation: Operation, message: string): boolean {
  return operation.progress.some(entry => entry.message === message);
}

/** What the last word of a cancelled operation is: ASM has no call that takes joining or leaving back. */
export function cancelNote(operation: Operation, by: string): string {
  const requests = operation.progress.filter(({ message }) =>
    isRequest(message),
  );
  const last = requests[requests.length - 1];
  return last
    ? `${by} stopped waiting after the portal ${last.message}: ASM has no call that takes this back, it goes on there and the clusters of the mesh show how it ends`
    : `${by} cancelled it before ASM was asked for anything: nothing has changed`;
}

/** The operation with one more line in its progress. */
export function withNote(operation: Operation, message: string): Operation {
  const entry = { at: new Date().toISOString(), message };
  return { ...operation, progress: [...operation.progress, entry] };
}
