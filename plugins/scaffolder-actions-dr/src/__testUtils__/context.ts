import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type {
  ActionContext,
  TemplateAction,
} from '@backstage/plugin-scaffolder-node';

export const INITIATOR = 'user:default/pavel';

/** Credentials of the person who started the task; tests only compare them. */
export const initiatorCredentials = {
  $$type: '@backstage/BackstageCredentials',
  principal: { type: 'user', userEntityRef: INITIATOR },
} as BackstageCredentials;

export interface RunResult {
  output: Record<string, any>;
  log: string[];
}

/** Runs an action as the scaffolder's worker does, and keeps what it says and puts out. */
export async function runAction(
  action: TemplateAction<any, any>,
  input: object,
  options: Partial<ActionContext<any, any>> & {
    checkpoints?: Map<string, unknown>;
    /** Filled also when the action throws. */
    log?: string[];
  } = {},
): Promise<RunResult> {
  const { checkpoints = new Map(), log = [], ...rest } = options;
  const output: Record<string, any> = {};
  const write = (message: string) => {
    log.push(message);
  };
  const logger = {
    error: write,
    warn: write,
    info: write,
    debug: write,
    child: () => logger,
  };
  await action.handler({
    input,
    logger,
    workspacePath: '/nonexistent',
    task: { id: 'task-1' },
    user: { ref: INITIATOR },
    output: (name: string, value: unknown) => {
      // The scaffolder stores outputs as JSON.
      output[name] =
        value === undefined ? undefined : JSON.parse(JSON.stringify(value));
    },
    checkpoint: async ({ key, fn }: any) => {
      if (!checkpoints.has(key)) checkpoints.set(key, await fn());
      return checkpoints.get(key);
    },
    createTemporaryDirectory: async () => {
      throw new Error('not used');
    },
    getInitiatorCredentials: async () => initiatorCredentials,
    ...rest,
  } as ActionContext<any, any>);
  return { output, log };
}
