import type {
  LocalityIntent,
  OutlierDetection,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** What the form of the template `protect-service` holds. */
export interface RuleForm {
  component?: string;
  mode?: 'failover' | 'distribution' | 'off';
  failover?: { from: string; to: string }[];
  outlierDetection?: OutlierDetection;
  from?: string;
  shares?: Record<string, number>;
}

/** The rule that the template makes of its form; undefined until it is filled in. */
export function ruleOf(form: RuleForm): LocalityIntent | undefined {
  const { mode, failover, outlierDetection, from, shares } = form;
  if (mode === 'off') return { mode };
  if (mode === 'failover' && failover?.length) {
    return { mode, failover, outlierDetection };
  }
  if (mode === 'distribution' && from && shares) {
    return { mode, distribute: [{ from, to: shares }] };
  }
  return undefined;
}
