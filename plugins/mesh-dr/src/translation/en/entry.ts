import type { ENTRY_KEYS } from '@mesh-dr/backstage-plugin-mesh-dr-common';

type EntryMessages = Record<
  `entry.${(typeof ENTRY_KEYS)[number]}`,
  '{{message}}'
>;

/** Whether clients outside the mesh find another region's gateway; as with verdicts, English shows the server's sentence. */
const requirement: EntryMessages = {
  'entry.declared': '{{message}}',
  'entry.declaredNone': '{{message}}',
  'entry.declaredOneRegion': '{{message}}',
  'entry.dnsSpread': '{{message}}',
  'entry.dnsOneRegion': '{{message}}',
  'entry.dnsElsewhere': '{{message}}',
  'entry.dnsFailed': '{{message}}',
  'entry.noGateway': '{{message}}',
  'entry.oneRegion': '{{message}}',
  'entry.undeclared': '{{message}}',
};

export const entry = {
  'entry.title': 'Way in',
  'entry.state.met': 'Way in: covered',
  'entry.state.unmet': 'Way in: not covered',
  'entry.state.unknown': 'Way in: unknown',
  ...requirement,
  'check.met': '{{title}}: met',
  'check.unmet': '{{title}}: not met',
  'check.unknown': '{{title}}: unknown',
  'check.failed': 'This check failed: {{error}}',
  'check.open': 'Open',
} as const;
