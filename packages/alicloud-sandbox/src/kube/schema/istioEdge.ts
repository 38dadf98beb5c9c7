import { workloadLabels } from './istioTraffic';
import { boolean, integer, list, map, object, oneOf, string } from './schema';

const serverTls = object({
  httpsRedirect: boolean,
  mode: oneOf(
    'PASSTHROUGH',
    'SIMPLE',
    'MUTUAL',
    'AUTO_PASSTHROUGH',
    'ISTIO_MUTUAL',
    'OPTIONAL_MUTUAL',
  ),
  serverCertificate: string,
  privateKey: string,
  caCertificates: string,
  caCrl: string,
  credentialName: string,
  subjectAltNames: list(string),
  verifyCertificateSpki: list(string),
  verifyCertificateHash: list(string),
  minProtocolVersion: string,
  maxProtocolVersion: string,
  cipherSuites: list(string),
});

/** `Gateway.spec`. */
export const GATEWAY = object({
  selector: map(string),
  servers: list(
    object(
      {
        name: string,
        bind: string,
        port: object(
          {
            number: integer,
            protocol: string,
            name: string,
            targetPort: integer,
          },
          { required: ['number', 'protocol', 'name'] },
        ),
        hosts: list(string),
        tls: serverTls,
        defaultEndpoint: string,
      },
      { required: ['port', 'hosts'] },
    ),
  ),
});

const workloadEntry = {
  address: string,
  ports: map(integer),
  labels: map(string),
  network: string,
  locality: string,
  weight: integer,
  serviceAccount: string,
};

/** `WorkloadEntry.spec`. */
export const WORKLOAD_ENTRY = object(workloadEntry);

/** `ServiceEntry.spec`. */
export const SERVICE_ENTRY = object(
  {
    hosts: list(string),
    addresses: list(string),
    ports: list(
      object(
        {
          number: integer,
          protocol: string,
          name: string,
          targetPort: integer,
        },
        { required: ['number', 'name'] },
      ),
    ),
    location: oneOf('MESH_EXTERNAL', 'MESH_INTERNAL'),
    resolution: oneOf('NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN'),
    endpoints: list(object(workloadEntry)),
    workloadSelector: workloadLabels,
    exportTo: list(string),
    subjectAltNames: list(string),
  },
  { required: ['hosts'] },
);

const sidecarPort = object({
  number: integer,
  protocol: string,
  name: string,
  targetPort: integer,
});

/** `Sidecar.spec`. */
export const SIDECAR = object({
  workloadSelector: workloadLabels,
  ingress: list(
    object(
      {
        port: sidecarPort,
        bind: string,
        captureMode: oneOf('DEFAULT', 'IPTABLES', 'NONE'),
        defaultEndpoint: string,
        tls: serverTls,
      },
      { required: ['port'] },
    ),
  ),
  egress: list(
    object(
      {
        port: sidecarPort,
        bind: string,
        captureMode: oneOf('DEFAULT', 'IPTABLES', 'NONE'),
        hosts: list(string),
      },
      { required: ['hosts'] },
    ),
  ),
  outboundTrafficPolicy: object(
    { mode: oneOf('REGISTRY_ONLY', 'ALLOW_ANY') },
    { open: true },
  ),
  inboundConnectionPool: object({}, { open: true }),
});
