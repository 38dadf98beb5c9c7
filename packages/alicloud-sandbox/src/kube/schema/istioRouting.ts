import { duration, portSelector } from './istioTraffic';
import {
  boolean,
  integer,
  list,
  map,
  number,
  object,
  oneOf,
  string,
} from './schema';

const stringMatch = object({ exact: string, prefix: string, regex: string });

const destination = object(
  { host: string, subset: string, port: portSelector },
  { required: ['host'] },
);

const headerOperations = object({
  set: map(string),
  add: map(string),
  remove: list(string),
});

const headers = object({
  request: headerOperations,
  response: headerOperations,
});

const percent = object({ value: number });

const httpMatch = object({
  name: string,
  uri: stringMatch,
  scheme: stringMatch,
  method: stringMatch,
  authority: stringMatch,
  headers: map(stringMatch),
  withoutHeaders: map(stringMatch),
  queryParams: map(stringMatch),
  ignoreUriCase: boolean,
  port: integer,
  sourceLabels: map(string),
  sourceNamespace: string,
  gateways: list(string),
  statPrefix: string,
});

const httpRoute = object({
  name: string,
  match: list(httpMatch),
  route: list(
    object(
      { destination, weight: integer, headers },
      { required: ['destination'] },
    ),
  ),
  redirect: object({
    uri: string,
    authority: string,
    port: integer,
    derivePort: oneOf('FROM_PROTOCOL_DEFAULT', 'FROM_REQUEST_PORT'),
    scheme: string,
    redirectCode: integer,
  }),
  directResponse: object(
    {
      status: integer,
      body: object({ string, bytes: string }),
    },
    { required: ['status'] },
  ),
  delegate: object({ name: string, namespace: string }),
  rewrite: object({
    uri: string,
    authority: string,
    uriRegexRewrite: object({ match: string, rewrite: string }),
  }),
  timeout: duration,
  retries: object({
    attempts: integer,
    perTryTimeout: duration,
    retryOn: string,
    retryRemoteLocalities: boolean,
  }),
  fault: object({
    delay: object({
      percent: integer,
      percentage: percent,
      fixedDelay: duration,
      exponentialDelay: duration,
    }),
    abort: object({
      percentage: percent,
      httpStatus: integer,
      grpcStatus: string,
      http2Error: string,
    }),
  }),
  mirror: destination,
  mirrors: list(
    object({ destination, percentage: percent }, { required: ['destination'] }),
  ),
  mirrorPercent: integer,
  mirror_percent: integer,
  mirrorPercentage: percent,
  corsPolicy: object({
    allowOrigin: list(string),
    allowOrigins: list(stringMatch),
    allowMethods: list(string),
    allowHeaders: list(string),
    exposeHeaders: list(string),
    maxAge: duration,
    allowCredentials: boolean,
    unmatchedPreflights: oneOf('UNSPECIFIED', 'FORWARD', 'IGNORE'),
  }),
  headers,
});

const l4Match = object({
  destinationSubnets: list(string),
  port: integer,
  sourceLabels: map(string),
  sourceNamespace: string,
  sourceSubnet: string,
  gateways: list(string),
});

const l4Route = list(
  object({ destination, weight: integer }, { required: ['destination'] }),
);

/** `VirtualService.spec`. */
export const VIRTUAL_SERVICE = object({
  hosts: list(string),
  gateways: list(string),
  http: list(httpRoute),
  tls: list(
    object(
      {
        match: list(
          object(
            {
              sniHosts: list(string),
              destinationSubnets: list(string),
              port: integer,
              sourceLabels: map(string),
              sourceNamespace: string,
              gateways: list(string),
            },
            { required: ['sniHosts'] },
          ),
        ),
        route: l4Route,
      },
      { required: ['match'] },
    ),
  ),
  tcp: list(object({ match: list(l4Match), route: l4Route })),
  exportTo: list(string),
});
