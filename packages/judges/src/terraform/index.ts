import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Sandbox } from '@mesh-dr/alicloud-sandbox';
import type { Judge, Verdict } from '../judge';
import { onFreshCloud } from '../tools/cloud';
import { sourceFile, stateFolder } from '../tools/places';

const run = promisify(execFile);

const PROGRAM = process.env.TERRAFORM_BIN ?? 'terraform';
const PROVIDER = 'aliyun/alicloud';
/** The provider is some 60 MB packed; it is kept in the state folder. */
const INIT_LIMIT_MS = 180_000;
/** The provider's fixed delays alone take minutes: 60 s before the first look at a mesh, and as much at its end. */
const STEP_LIMIT_MS = 900_000;
/** What `plan -detailed-exitcode` ends with when it would change something. */
const CHANGES = 2;

let workspace = '';

async function terraform(
  args: string[],
  options: { env?: Record<string, string>; limitMs: number },
): Promise<void> {
  await run(PROGRAM, [...args, '-no-color', '-input=false'], {
    cwd: workspace,
    timeout: options.limitMs,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, TF_IN_AUTOMATION: '1', ...options.env },
  });
}

/** The first line of what terraform complains about, without its frame. */
function complaint(error: unknown): string {
  const {
    stderr = '',
    message,
    killed,
  } = error as Error & {
    stderr?: string;
    killed?: boolean;
  };
  if (killed) return 'it took too long';
  const text = stderr
    .replace(/[│╷╵]/g, ' ')
    .split(/Error: /)
    .slice(1)
    .join('; ')
    .replace(/\s+/g, ' ')
    .trim();
  return (text || message).slice(0, 1000);
}

/** Finds terraform and its provider; a copy of the configuration is then initialised and ready. */
async function prepare(): Promise<string | undefined> {
  try {
    await run(PROGRAM, ['version'], { timeout: 20_000 });
  } catch {
    return `'${PROGRAM}' does not run; install terraform or set TERRAFORM_BIN`;
  }
  const plugins = join(stateFolder('terraform'), 'plugins');
  mkdirSync(plugins, { recursive: true });
  workspace = mkdtempSync(join(tmpdir(), 'judge-terraform-'));
  cpSync(sourceFile('terraform/configuration'), workspace, { recursive: true });
  try {
    await terraform(['init'], {
      env: { TF_PLUGIN_CACHE_DIR: plugins },
      limitMs: INIT_LIMIT_MS,
    });
    return undefined;
  } catch (error) {
    rmSync(workspace, { recursive: true, force: true });
    return `the provider ${PROVIDER} cannot be had: ${complaint(
      error,
    )} (with a filesystem mirror or another registry in TF_CLI_CONFIG_FILE it can)`;
  }
}

async function walk(
  sandbox: Sandbox,
  report: (verdict: Verdict) => void,
): Promise<void> {
  const env = {
    SSL_CERT_FILE: sandbox.caFile!,
    TF_VAR_endpoint: new URL(sandbox.httpsEndpoint).host,
    TF_VAR_access_key: sandbox.accessKeyId,
    TF_VAR_secret_key: sandbox.accessKeySecret,
  };
  const attempt = async (name: string, args: string[]): Promise<boolean> => {
    try {
      await terraform(args, { env, limitMs: STEP_LIMIT_MS });
      report({ name, ok: true });
      return true;
    } catch (error) {
      const { code, stdout } = error as { code?: number; stdout?: string };
      const detail = code === CHANGES ? stdout : complaint(error);
      report({ name, ok: false, detail });
      return false;
    }
  };
  if (await attempt('applies', ['apply', '-auto-approve'])) {
    await attempt('plans without changes', ['plan', '-detailed-exitcode']);
    const members = sandbox.cloud.meshes().map(mesh => mesh.members.length);
    report({
      name: 'both clusters are members of the mesh',
      ok: members.length === 1 && members[0] === 2,
      detail: `members: ${members}`,
    });
  }
  await attempt('destroys', ['destroy', '-auto-approve']);
}

/** terraform itself, where its provider is at hand: applies the guide, plans without changes, destroys. */
export const terraformJudge: Judge = {
  name: 'terraform',
  description: 'terraform applies the guide, plans clean and destroys it',
  unavailable: prepare,
  async run(report) {
    try {
      await onFreshCloud(report, sandbox => walk(sandbox, report));
    } finally {
      rmSync(workspace, { recursive: true, force: true });
    }
  },
};
