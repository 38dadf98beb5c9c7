import type {
  PreflightCheck,
  Repair,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { PreflightFacts } from './facts';

/** What one check found. */
export type Outcome = Pick<
  PreflightCheck,
  'status' | 'evidence' | 'fix' | 'repair'
>;

/** One item of the preflight. It may throw: the runner then reports `unknown` with the reason. */
export interface Check {
  id: PreflightCheck['id'];
  title: string;
  run(facts: PreflightFacts): Promise<Outcome>;
}

export const passed = (evidence: string): Outcome => ({
  status: 'passed',
  evidence,
});

export const failed = (
  evidence: string,
  fix: string,
  repair?: Repair,
): Outcome => ({
  status: 'failed',
  evidence,
  fix,
  ...(repair && { repair }),
});

export const warning = (
  evidence: string,
  fix: string,
  repair?: Repair,
): Outcome => ({
  status: 'warning',
  evidence,
  fix,
  ...(repair && { repair }),
});

export const unknown = (evidence: string, fix: string): Outcome => ({
  status: 'unknown',
  evidence,
  fix,
});
