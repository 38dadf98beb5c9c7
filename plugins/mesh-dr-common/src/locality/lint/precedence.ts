import type { LintFinding } from '../../api/types';
import { applyIntent } from '../apply';
import { modelVersions } from '../../versions';
import { effectiveRule } from '../effective';
import type { LintService } from '../lintTypes';
import {
  intentToSetting,
  isActive,
  list,
  sameSetting,
  type LintInput,
} from './support';

/** Findings about which object is obeyed: a rule that another one hides changes nothing. */
export function lintPrecedence(input: LintInput): LintFinding[] {
  const { target, context } = input;
  return [
    ...(target.scope === 'service'
      ? context.services.flatMap(service => lintObeyed(input, service))
      : lintOverridden(input)),
    ...lintReplaces(input),
    ...lintSwitch(input),
  ];
}

/** Applies the intent on paper and asks, per caller namespace and port, which rule is obeyed then. */
function lintObeyed(
  { intent, context }: LintInput,
  service: LintService,
): LintFinding[] {
  if (!service.destinationRules) {
    return [];
  }
  const after = applyIntent(service.destinationRules, service, intent);
  const wanted = intentToSetting(intent);
  const ports = service.ports.length
    ? service.ports.map(({ number }) => number)
    : [undefined];
  const namespaces = service.callerNamespaces?.length
    ? service.callerNamespaces
    : [service.namespace];
  const subsets: (string | undefined)[] = service.subsetsRouted?.length
    ? service.subsetsRouted.map(({ name }) => name)
    : [undefined];
  const misses: { where: string; why: string }[] = [];
  for (const callerNamespace of namespaces) {
    for (const port of ports) {
      for (const subset of subsets) {
        const rule = effectiveRule({
          callerNamespace,
          service: { ...service, port },
          destinationRules: after,
          meshSetting: context.currentSetting ?? {},
          subset,
          versions: context.version ? modelVersions(context.version) : {},
        });
        const where = [
          `callers in namespace ${callerNamespace}`,
          port !== undefined && `port ${port}`,
          subset && `subset ${subset}`,
        ]
          .filter(Boolean)
          .join(', ');
        const reasons = rule.shadowed
          .map(({ object, reason }) => `${object}: ${reason}`)
          .join('; ');
        const losesDetection =
          intent.mode !== 'off' &&
          intent.outlierDetection &&
          !rule.outlierDetection;
        if (!sameSetting(rule.locality.setting, wanted)) {
          misses.push({
            where,
            why:
              reasons ||
              `${
                rule.locality.object ?? rule.locality.source
              } is obeyed instead`,
          });
        } else if (losesDetection) {
          misses.push({ where, why: reasons || 'outlier detection is lost' });
        }
      }
    }
  }
  if (!misses.length) {
    return [];
  }
  const name = `${service.namespace}/${service.name}`;
  const where = [...new Set(misses.map(miss => miss.where))];
  const why = [...new Set(misses.map(miss => miss.why))];
  return [
    {
      id: 'rule-not-obeyed',
      severity: 'refuse',
      message: `Another object would keep this rule from working for ${name} (${list(
        where,
      )}): ${why.join('; ')}.`,
      values: { service: name, where: where.join('; '), why: why.join('; ') },
      evidence: why.join('; '),
    },
  ];
}

/** Services whose own DestinationRule hides a mesh-wide rule. */
function lintOverridden({ intent, context }: LintInput): LintFinding[] {
  const overridden = context.services.filter(
    ({ current }) => current?.locality.source === 'destination-rule',
  );
  if (intent.mode === 'off' || !overridden.length) {
    return [];
  }
  const all = overridden.length === context.services.length;
  const names = overridden.map(({ namespace, name }) => `${namespace}/${name}`);
  return [
    {
      id: 'mesh-rule-overridden',
      severity: all ? 'refuse' : 'warn',
      message: `${list(names)} ${
        names.length === 1 ? 'has its' : 'have their'
      } own locality rule, which replaces the mesh-wide one in its entirety${
        all ? '; no service would follow the mesh-wide rule' : ''
      }.`,
      values: { services: names.join(', ') },
      evidence: overridden
        .map(({ current }) => current!.locality.object ?? 'DestinationRule')
        .join(', '),
    },
  ];
}

/** A service rule replaces the mesh-wide one for that service; worth knowing, not worth a warning. */
function lintReplaces({ target, intent, context }: LintInput): LintFinding[] {
  if (target.scope !== 'service' || !isActive(context.currentSetting)) {
    return [];
  }
  return [
    {
      id: 'replaces-mesh-rule',
      severity: 'inform',
      message: `This service will follow its own rule (${intent.mode}) instead of the mesh-wide one.`,
      values: { mode: intent.mode },
      evidence: `mesh-wide localityLbSetting: ${JSON.stringify(
        context.currentSetting,
      )}`,
    },
  ];
}

/** ASM wants one mode switched off before the other is switched on. */
function lintSwitch({ target, intent, context }: LintInput): LintFinding[] {
  const current = context.currentSetting;
  if (target.scope !== 'mesh' || intent.mode === 'off' || !isActive(current)) {
    return [];
  }
  const now = current!.distribute?.length ? 'distribution' : 'failover';
  return now === intent.mode
    ? []
    : [
        {
          id: 'switches-off-first',
          severity: 'inform',
          message: `The mesh-wide ${now} is switched off before the ${intent.mode} is switched on, as ASM demands; in between calls follow no rule.`,
          values: { now, mode: intent.mode },
          evidence: `mesh-wide localityLbSetting: ${JSON.stringify(current)}`,
        },
      ];
}
