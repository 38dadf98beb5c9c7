import { parseCidr } from '../../../network/cidr';
import type { RpcCall } from '../../call';
import { invalidParameter } from '../../errors';
import type { Mesh } from '../../model';

/** Parameters that say how a call is sent, or that have a place of their own in the model. */
const NOT_FEATURES =
  /^(Access[K]ey|Action$|Format$|Signature|Timestamp$|Version$|SecurityToken$|RegionId$|VpcId$|VSwitches$|Name$|Tag\.|ServiceMeshId$|IstioVersion$|Locality|ApiServerPublicEip$|Edition$|ClusterSpec$|GuestCluster$|Existing|CertChain$|UseExistingCA$|ControlPlaneLog|CRAggregationEnabled$)/;

const QUANTITY = /^\d+(\.\d+)?\s?(m|[kMGTPE]i?)?$/;
const RESOURCE =
  /(CPU|Memory)(Limit|Requirement|Resource(Limit|Request))$|(Limit|Request)(CPU|Memory)$/;
const DURATION = /^\d+(\.\d+)?(ms|s|m|h)$/;
const DURATIONS = ['MultiBufferPollDelay', 'TerminationDrainDuration'];
const JSON_TEXTS = [
  'AccessLogFormat',
  'DefaultComponentsScheduleConfig',
  'DiscoverySelectors',
  'KialiArmsAuthTokens',
  'KialiServiceAnnotations',
  'Lifecycle',
  'TraceCustomTags',
];

const LOAD_BALANCERS = [
  'slb.s1.small',
  'slb.s2.small',
  'slb.s2.medium',
  'slb.s3.small',
  'slb.s3.medium',
  'slb.s3.large',
];

const CHOICES: Record<string, string[]> = {
  ApiServerLoadBalancerSpec: LOAD_BALANCERS,
  PilotLoadBalancerSpec: LOAD_BALANCERS,
  ChargeType: ['PayOnDemand', 'PrePay'],
  InterceptionMode: ['REDIRECT', 'TPROXY'],
  LogLevel: ['none', 'error', 'warn', 'info', 'debug'],
  OPALogLevel: ['info', 'debug', 'error'],
  OutboundTrafficPolicy: ['ALLOW_ANY', 'REGISTRY_ONLY'],
};

const NUMBERS: Record<string, { min: number; max: number }> = {
  Concurrency: { min: 0, max: 1024 },
  AccessLogServicePort: { min: 1, max: 65535 },
  AccessLogGatewayLifecycle: { min: 1, max: 3650 },
  AccessLogSidecarLifecycle: { min: 1, max: 3650 },
  TraceMaxPathTagLength: { min: 1, max: 65535 },
  TracingOnExtZipkinReplicaCount: { min: 0, max: 100 },
  Period: { min: 1, max: 36 },
  AutoRenewPeriod: { min: 1, max: 36 },
};

function checkRanges(name: string, value: string): void {
  for (const range of value.split(',').map(item => item.trim())) {
    if (range !== '' && range !== '*' && !parseCidr(range)) {
      throw invalidParameter(
        name,
        `'${range}' is no CIDR block; give blocks such as 10.0.0.0/8, separated by commas.`,
      );
    }
  }
}

function checkPorts(name: string, value: string): void {
  for (const port of value.split(',').map(item => item.trim())) {
    const number = Number(port);
    const isPort = /^\d+$/.test(port) && number >= 1 && number <= 65535;
    if (port !== '' && port !== '*' && !isPort) {
      throw invalidParameter(
        name,
        `'${port}' is no port; give ports from 1 to 65535, separated by commas.`,
      );
    }
  }
}

/** A percentage, which may have a fraction. */
function checkSampling(value: string): void {
  const percent = Number(value);
  if (!(percent >= 0 && percent <= 100)) {
    throw invalidParameter(
      'TraceSampling',
      `'${value}' is no percentage from 0 to 100.`,
    );
  }
}

function checkDuration(name: string, value: string): void {
  if (!DURATION.test(value)) {
    throw invalidParameter(name, `'${value}' is no duration such as 5s.`);
  }
}

function checkFeature(call: RpcCall, name: string, value: string): void {
  if (value === '') return;
  if (CHOICES[name]) call.oneOf(name, CHOICES[name]);
  else if (NUMBERS[name]) call.int(name, NUMBERS[name]);
  else if (name === 'TraceSampling') checkSampling(value);
  else if (DURATIONS.includes(name)) checkDuration(name, value);
  else if (JSON_TEXTS.includes(name)) call.json(name);
  else if (/IPRanges$/.test(name)) checkRanges(name, value);
  else if (/Ports$/.test(name)) checkPorts(name, value);
  else if (RESOURCE.test(name)) checkQuantity(name, value);
}

/** Refuses what is no Kubernetes quantity such as `500m` or `128Mi`. */
export function checkQuantity(name: string, value: string): void {
  if (!QUANTITY.test(value)) {
    throw invalidParameter(
      name,
      `'${value}' is no quantity of Kubernetes such as 500m or 128Mi.`,
    );
  }
}

/**
 * The features that a CreateServiceMesh or UpdateMeshFeature call sets, by parameter name. Types have been checked by the
 * gateway; here is what else is wrong with a value.
 * @throws ApiError `InvalidParameter` naming the one that is not valid.
 */
export function features(call: RpcCall): Record<string, string> {
  const given = [...call.parameters].filter(
    ([name]) => !NOT_FEATURES.test(name),
  );
  for (const [name, value] of given) checkFeature(call, name, value);
  return Object.fromEntries(given);
}

/**
 * A mesh's features after a change. The topology (Kiali) shows Prometheus' metrics: it goes off with them and cannot be
 * switched on without.
 */
export function mergeFeatures(
  before: Record<string, string>,
  given: Record<string, string>,
): Record<string, string> {
  const after = { ...before, ...given };
  if (isOn(after.Telemetry) || !isOn(after.KialiEnabled)) return after;
  if (isOn(given.KialiEnabled)) {
    throw invalidParameter(
      'KialiEnabled',
      'the topology needs metrics; set Telemetry to true as well.',
    );
  }
  return { ...after, KialiEnabled: 'false' };
}

function isOn(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true';
}

/** Whether a switch is on. */
export function flag(mesh: Mesh, name: string, fallback = false): boolean {
  const value = mesh.features[name];
  return value ? isOn(value) : fallback;
}
