import type {
  Change,
  LeavePreview,
  LintFinding,
  Preview,
  SimulationResult,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { Visibility } from './ServiceReaders';

/** Namespace and name, as in `default/reviews`. */
const SERVICE_NAME = /[a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9.-]*/g;

/** A preview of a whole mesh without the services that the reader may not see. */
export function reducedPreview(preview: Preview, visible: Visibility): Preview {
  if (visible.everything || preview.target.scope !== 'mesh') return preview;
  const hidden = new Set(
    preview.services
      .filter(service => !visible.sees(service))
      .map(({ namespace, name }) => `${namespace}/${name}`),
  );
  return {
    ...preview,
    services: preview.services.filter(visible.sees),
    findings: reducedFindings(preview.findings, name => hidden.has(name)),
  };
}

/** A change of a whole mesh without findings about services that the reader may not see. */
export function reducedChange(change: Change, visible: Visibility): Change {
  if (visible.everything || change.target.scope !== 'mesh') return change;
  return {
    ...change,
    findings: reducedFindings(change.findings, named => {
      const [namespace, name] = named.split('/');
      return !visible.sees({ namespace, name });
    }),
  };
}

/** The loss that leaving brings, counted in full, with the names that the reader may see. */
export function reducedLeave(
  preview: LeavePreview,
  { sees }: Visibility,
): LeavePreview {
  return { ...preview, services: preview.services.filter(sees) };
}

/** A simulation's figures, with the hops and services that the reader may see. */
export function reducedSimulation(
  result: SimulationResult,
  visible: Visibility,
): SimulationResult {
  if (visible.everything) return result;
  const sees = (end: string) => {
    const [namespace, name] = end.split('/');
    // Gateways have an id of another shape, and are no service of anybody's.
    return !/^[^/:]+\/[^/:]+$/.test(end) || visible.sees({ namespace, name });
  };
  const both = ({ from, to }: { from: string; to: string }) =>
    sees(from) && sees(to);
  return {
    ...result,
    // Workloads that begin requests by themselves cannot be told to belong to what the reader may see.
    entries: result.entries.filter(({ id }) => id.startsWith('gateway:')),
    hops: result.hops.filter(
      hop => both(hop) && !hop.from.startsWith('workload:'),
    ),
    services: result.services.filter(({ id }) => sees(id)),
    calls: result.calls.filter(both),
    circular: result.circular.filter(hop => hop.split(' → ').every(sees)),
  };
}

/** Findings that name what is hidden say so instead of naming it; that they refuse or warn stays. */
function reducedFindings(
  findings: LintFinding[],
  isHidden: (service: string) => boolean,
): LintFinding[] {
  const severities = new Set<LintFinding['severity']>();
  return findings.flatMap((finding): LintFinding[] => {
    const names = JSON.stringify(finding).match(SERVICE_NAME) ?? [];
    if (!names.some(isHidden)) return [finding];
    const { severity } = finding;
    if (severities.has(severity)) return [];
    severities.add(severity);
    return [
      {
        id: 'hidden-services',
        severity,
        message:
          'This concerns services whose catalog entities you may not read; ask the people who run the mesh',
        values: {},
        evidence: '',
        ...(finding.guardrail && { guardrail: finding.guardrail }),
      },
    ];
  });
}
