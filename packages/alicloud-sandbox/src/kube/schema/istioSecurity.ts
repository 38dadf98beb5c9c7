import { workloadSelector } from './istioTraffic';
import { list, map, object, oneOf, string } from './schema';

const mtls = object({
  mode: oneOf('UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT'),
});

const targetRef = object(
  { group: string, kind: string, name: string, namespace: string },
  { required: ['kind', 'name'] },
);

/** `PeerAuthentication.spec`. */
export const PEER_AUTHENTICATION = object({
  selector: workloadSelector,
  mtls,
  portLevelMtls: map(mtls),
});

const source = object({
  principals: list(string),
  notPrincipals: list(string),
  requestPrincipals: list(string),
  notRequestPrincipals: list(string),
  namespaces: list(string),
  notNamespaces: list(string),
  ipBlocks: list(string),
  notIpBlocks: list(string),
  remoteIpBlocks: list(string),
  notRemoteIpBlocks: list(string),
});

const operation = object({
  hosts: list(string),
  notHosts: list(string),
  ports: list(string),
  notPorts: list(string),
  methods: list(string),
  notMethods: list(string),
  paths: list(string),
  notPaths: list(string),
});

/** `AuthorizationPolicy.spec`. */
export const AUTHORIZATION_POLICY = object({
  selector: workloadSelector,
  targetRef,
  targetRefs: list(targetRef),
  action: oneOf('ALLOW', 'DENY', 'AUDIT', 'CUSTOM'),
  provider: object({ name: string }),
  rules: list(
    object({
      from: list(object({ source })),
      to: list(object({ operation })),
      when: list(
        object(
          { key: string, values: list(string), notValues: list(string) },
          { required: ['key'] },
        ),
      ),
    }),
  ),
});
