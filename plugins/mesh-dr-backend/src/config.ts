import { readDurationFromConfig, type Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import {
  parseFreezeWindow,
  type FreezeWindow,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { bundleSigner, type SignBundle } from './locality/bundleSignature';
import type { GuardrailConfig } from './locality/Guardrails';
import { readPrometheus, type MeshPrometheus } from './metrics/sources';
import { readEntry, type MeshEntry } from './topology/entryConfig';
import { parseConnectTo, type ConnectTo } from './verification/connectTo';

/** Which changes wait for a second person. */
export type ApprovalPolicy = 'never' | 'mesh' | 'always';

export interface ApprovalConfig {
  required: ApprovalPolicy;
  /** How long a change waits for its second person. */
  validForMs: number;
  /** Entity refs of whom a waiting change is announced to, beside the owners. */
  approvers: string[];
}

/** `meshDr.*` as the backend reads it; see config.d.ts. */
export interface MeshDrConfig {
  fleet: { refreshIntervalMs: number };
  membership: { pollIntervalMs: number; timeoutMs: number };
  approval: ApprovalConfig;
  guardrails: GuardrailConfig;
  /** Without a key bundles carry a digest only. */
  breakGlass: { sign?: SignBundle };
  /** The way into meshes. */
  entry: MeshEntry[];
  metrics: { prometheus: MeshPrometheus[] };
  probes: { connectTo: ConnectTo[]; regionHeader?: string };
}

const POLICIES: ApprovalPolicy[] = ['never', 'mesh', 'always'];

/** Reads and checks the backend's settings; throws InputError naming the key. */
export function readMeshDrConfig(config: Config): MeshDrConfig {
  const duration = (key: string, fallbackMs: number) =>
    config.has(key)
      ? durationToMilliseconds(readDurationFromConfig(config, { key }))
      : fallbackMs;
  const required = config.getOptionalString('meshDr.approval.required');
  if (required && !POLICIES.includes(required as ApprovalPolicy)) {
    throw new InputError(
      `meshDr.approval.required is '${required}', but has to be one of ${POLICIES.join(
        ', ',
      )}`,
    );
  }
  return {
    fleet: {
      refreshIntervalMs: duration('meshDr.fleet.refreshInterval', 60_000),
    },
    membership: {
      pollIntervalMs: duration('meshDr.membership.pollInterval', 2_000),
      timeoutMs: duration('meshDr.membership.timeout', 15 * 60_000),
    },
    approval: {
      required: (required as ApprovalPolicy) ?? 'never',
      validForMs: duration('meshDr.approval.validFor', 30 * 60_000),
      approvers:
        config.getOptionalStringArray('meshDr.approval.approvers') ?? [],
    },
    guardrails: {
      waitPeriodMs: duration('meshDr.guardrails.waitPeriod', 5_000),
      maxLoadFactor: readLoadFactor(config),
      freezeWindows: readFreezeWindows(config),
    },
    breakGlass: readBreakGlass(config),
    entry: readEntry(config),
    metrics: { prometheus: readPrometheus(config) },
    probes: {
      connectTo: (
        config.getOptionalStringArray('meshDr.probes.connectTo') ?? []
      ).map(parseConnectTo),
      regionHeader: config.getOptionalString('meshDr.probes.regionHeader'),
    },
  };
}

function readBreakGlass(config: Config): MeshDrConfig['breakGlass'] {
  const key = config.getOptionalString('meshDr.breakGlass.signingKey');
  return key ? { sign: bundleSigner(key) } : {};
}

function readLoadFactor(config: Config): number {
  const key = 'meshDr.guardrails.maxLoadFactor';
  const factor = config.getOptionalNumber(key) ?? 2;
  if (factor < 1) {
    throw new InputError(
      `${key} is ${factor}, but has to be at least 1: with less, nothing could ever move`,
    );
  }
  return factor;
}

function readFreezeWindows(config: Config): FreezeWindow[] {
  const key = 'meshDr.guardrails.freezeWindows';
  return (config.getOptionalConfigArray(key) ?? []).map((window, index) => {
    try {
      return parseFreezeWindow({
        reason: window.getOptionalString('reason'),
        from: window.getOptionalString('from'),
        to: window.getOptionalString('to'),
        weekdays: window.getOptionalStringArray('weekdays'),
        start: window.getOptionalString('start'),
        end: window.getOptionalString('end'),
        timezone: window.getOptionalString('timezone'),
      });
    } catch (error) {
      throw new InputError(`${key}[${index}].${(error as Error).message}`);
    }
  });
}
