import type { LoggerService } from '@backstage/backend-plugin-api';
import { createAlicloud, credentialsOf } from '../alicloud/accounts';
import { createTransport } from '../alicloud/transport';
import { RAM_PREFIX, type Product } from '../alicloud/operations';
import type { AccountConfig } from '../config';
import type { AssumptionResult } from './assumptionKinds';
import { checkAssumptions } from './assumptions';
import { exploreAccount, type ParserFailure } from './explore';
import { isDenied, RecordingTransport } from './recorder';

/** How the calls of one operation went. */
export interface OperationResult {
  /** e.g. `vpc.DescribeVpcs`. */
  operation: string;
  calls: number;
  result: 'answered' | 'denied' | 'failed';
  /** Why, when it was denied or failed. */
  detail?: string;
}

/** What looking at an account brought to light. */
export interface DoctorReport {
  account: string;
  regions: string[];
  operations: OperationResult[];
  /** RAM actions that the key lacks, e.g. `cen:DescribeCens`. */
  missingPermissions: string[];
  /** Answers that a parser could not read. */
  unreadable: ParserFailure[];
  assumptions: AssumptionResult[];
  /** Nothing is missing, unreadable or other than assumed. */
  healthy: boolean;
}

/** Regions that are looked at when the account names none. */
const DEFAULT_REGIONS = ['cn-hangzhou', 'cn-shanghai'];

function summarise(calls: RecordingTransport['calls']): OperationResult[] {
  const byOperation = new Map<string, RecordingTransport['calls']>();
  for (const call of calls) {
    byOperation.set(call.operation, [
      ...(byOperation.get(call.operation) ?? []),
      call,
    ]);
  }
  return [...byOperation]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([operation, made]) => {
      const refused = made.find(({ error }) => error)?.error;
      const base = { operation, calls: made.length };
      if (!refused) return { ...base, result: 'answered' };
      return {
        ...base,
        result: isDenied(refused) ? 'denied' : 'failed',
        detail: refused.message,
      };
    });
}

/**
 * Looks at an account with Describe and List operations only, reads every answer with the parsers of this product, and
 * says which assumptions about the cloud hold, which do not, and which permissions are missing. Changes nothing, asks for
 * no kubeconfig, and returns no key.
 *
 * @throws AlicloudError when the key is refused, or there is none
 */
export async function examineAccount(
  account: AccountConfig,
  options: { logger: LoggerService; signal?: AbortSignal },
): Promise<DoctorReport> {
  const regions = account.regions.length ? account.regions : DEFAULT_REGIONS;
  const transport = new RecordingTransport(
    createTransport({
      credentials: credentialsOf(account),
      endpoints: account.endpoints,
      defaultRegion: regions[0],
      logger: options.logger,
      rates: account.rates,
    }),
  );
  try {
    const cloud = createAlicloud(account.name, transport);
    // Everybody may ask who they are: when even that is refused, the key is wrong and no other answer would tell more.
    await cloud.sts.getCallerIdentity({ signal: options.signal });
    const unreadable = await exploreAccount(cloud, regions, {
      signal: options.signal,
    });
    const operations = summarise(transport.calls);
    const assumptions = checkAssumptions(transport.answers);
    const missingPermissions = operations
      .filter(({ result }) => result === 'denied')
      .map(({ operation }) => {
        const [product, name] = operation.split('.');
        return `${RAM_PREFIX[product as Product]}:${name}`;
      });
    return {
      account: account.name,
      regions,
      operations,
      missingPermissions,
      unreadable,
      assumptions,
      healthy:
        operations.every(({ result }) => result === 'answered') &&
        unreadable.length === 0 &&
        assumptions.every(({ result }) => result !== 'failed'),
    };
  } finally {
    transport.close();
  }
}

const marks = {
  answered: '✓',
  denied: '✗',
  failed: '✗',
  held: '✓',
  unseen: '·',
} as const;

/** The report as text for a terminal. */
export function formatReport(report: DoctorReport): string {
  const failed = report.assumptions.filter(({ result }) => result === 'failed');
  const held = report.assumptions.filter(({ result }) => result === 'held');
  const unseen = report.assumptions.length - held.length - failed.length;
  return [
    `Account ${report.account}, regions ${report.regions.join(', ')}`,
    '',
    'Operations',
    ...report.operations.map(
      ({ operation, calls, result, detail }) =>
        `  ${marks[result]} ${operation} (${calls})${
          detail ? `: ${detail}` : ''
        }`,
    ),
    '',
    'Assumptions (docs/assumptions.md)',
    ...report.assumptions.map(
      ({ id, assumption, result, evidence }) =>
        `  ${marks[result]} ${id}: ${assumption}\n      ${evidence}`,
    ),
    ...(report.unreadable.length
      ? [
          '',
          'Answers that could not be read',
          ...report.unreadable.map(
            ({ what, message }) => `  ✗ ${what}: ${message}`,
          ),
        ]
      : []),
    ...(report.missingPermissions.length
      ? [
          '',
          'Missing permissions: add these actions to the RAM policy (docs/ram-policy.json)',
          ...report.missingPermissions.map(action => `  ${action}`),
        ]
      : []),
    '',
    `${held.length} assumptions held, ${failed.length} failed, ${unseen} could not be seen; ${report.missingPermissions.length} permissions missing, ${report.unreadable.length} answers unreadable`,
  ].join('\n');
}
