import type { ServiceTopology } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import type { ComponentType } from 'react';

/** How a check came out. */
export interface ServiceCheckResult {
  /** `unknown`: could not be told, which is not the same as `unmet`. */
  state: 'met' | 'unmet' | 'unknown';
  /** What was found and what to do about it, in the language asked for. */
  message: string;
  /** Where it can be put right. */
  href?: string;
}

/** A requirement of the organisation's own, shown below every verdict. */
export interface ServiceCheck {
  /** Unlike the other checks'. */
  id: string;
  /** A few words, e.g. "Data replicated"; or what says them in a language such as `en` or `zh-CN`. */
  title: string | ((language: string) => string);
  /**
   * Called again whenever the topology changes. What it throws is shown as `unknown`, with the error's message.
   *
   * @param signal - aborted when the answer is not wanted any more
   */
  check(
    topology: ServiceTopology,
    context: { language: string; signal: AbortSignal },
  ): ServiceCheckResult | Promise<ServiceCheckResult>;
}

/** What a panel is given. */
export interface ServicePanelProps {
  topology: ServiceTopology;
}

/** A panel of the organisation's own, below those of the tab. */
export interface ServicePanel {
  /** Unlike the other panels'. */
  id: string;
  title: string | ((language: string) => string);
  Component: ComponentType<ServicePanelProps>;
}

/** What an organisation adds to the tab of a service. */
export interface ServiceAdditions {
  checks?: ServiceCheck[];
  panels?: ServicePanel[];
}
