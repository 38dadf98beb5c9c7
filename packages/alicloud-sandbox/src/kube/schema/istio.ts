import { GATEWAY, SERVICE_ENTRY, SIDECAR, WORKLOAD_ENTRY } from './istioEdge';
import { AUTHORIZATION_POLICY, PEER_AUTHENTICATION } from './istioSecurity';
import { DESTINATION_RULE } from './istioTraffic';
import { VIRTUAL_SERVICE } from './istioRouting';
import {
  any,
  boolean,
  integer,
  intOrString,
  list,
  map,
  object,
  string,
  type ObjectSchema,
} from './schema';

/** The gateway resource of ASM: known fields are typed, ASM's many others are kept as they are. */
const ISTIO_GATEWAY = object(
  {
    clusterIds: list(string),
    gatewayType: {
      kind: 'scalar',
      type: 'string',
      enum: ['ingress', 'egress'],
    },
    replicaCount: integer,
    serviceType: {
      kind: 'scalar',
      type: 'string',
      enum: ['LoadBalancer', 'ClusterIP', 'NodePort'],
    },
    serviceAnnotations: map(string),
    serviceLabels: map(string),
    podLabels: map(string),
    externalTrafficPolicy: string,
    dnsPolicy: string,
    hostNetwork: boolean,
    runAsRoot: boolean,
    autoscaleEnabled: boolean,
    rollingMaxSurge: intOrString,
    rollingMaxUnavailable: intOrString,
    ports: list(
      object(
        {
          name: string,
          port: integer,
          protocol: string,
          targetPort: intOrString,
          nodePort: integer,
        },
        { required: ['port'] },
      ),
    ),
    resources: any,
  },
  { open: true },
);

/** `spec` of each Istio and ASM kind, after the published CRDs of Istio 1.22. */
export const ISTIO_SCHEMAS: Record<string, ObjectSchema> = {
  DestinationRule: DESTINATION_RULE,
  VirtualService: VIRTUAL_SERVICE,
  Gateway: GATEWAY,
  ServiceEntry: SERVICE_ENTRY,
  Sidecar: SIDECAR,
  WorkloadEntry: WORKLOAD_ENTRY,
  EnvoyFilter: object(
    {
      workloadSelector: object({ labels: map(string) }),
      targetRefs: list(any),
      configPatches: list(any),
      priority: integer,
    },
    {},
  ),
  PeerAuthentication: PEER_AUTHENTICATION,
  AuthorizationPolicy: AUTHORIZATION_POLICY,
  IstioGateway: ISTIO_GATEWAY,
  ASMMeshConfig: object({}, { open: true }),
};
