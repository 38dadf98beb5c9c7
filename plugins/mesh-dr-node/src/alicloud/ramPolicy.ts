import { OPERATIONS, RAM_PREFIX, type Product } from './operations';

/** A RAM policy document, as the RAM console and `CreatePolicy` take it. */
export interface RamPolicy {
  Version: '1';
  Statement: {
    Effect: 'Allow';
    Action: string[];
    Resource: string[];
    Condition?: Record<string, Record<string, string[]>>;
  }[];
}

/** Service-linked roles that CEN and ASM want at their first use in an account. */
const SERVICE_LINKED = ['cen.aliyuncs.com', 'servicemesh.aliyuncs.com'];

function actions(kinds: readonly string[]): string[] {
  return (Object.keys(OPERATIONS) as Product[])
    .flatMap(product =>
      Object.entries(OPERATIONS[product])
        .filter(([, kind]) => kinds.includes(kind))
        .map(([operation]) => `${RAM_PREFIX[product]}:${operation}`),
    )
    .sort();
}

/**
 * The least that a RAM user or role has to be allowed, as three statements that can be granted apart: looking (topology,
 * preflight, plans), making (provisioning, joining, rules) and taking away (leaving, destroying). The actions are the
 * operations that the code calls and nothing else. Resources stay open: most Describe and List operations of these
 * products cannot be narrowed to one resource.
 */
export function ramPolicy(): RamPolicy {
  const allow = (kinds: readonly string[]) => ({
    Effect: 'Allow' as const,
    Action: actions(kinds),
    Resource: ['*'],
  });
  return {
    Version: '1',
    Statement: [
      allow(['read']),
      allow(['write', 'idempotent']),
      allow(['delete']),
      {
        Effect: 'Allow',
        Action: ['ram:CreateServiceLinkedRole'],
        Resource: ['*'],
        Condition: { StringEquals: { 'ram:ServiceName': SERVICE_LINKED } },
      },
    ],
  };
}
