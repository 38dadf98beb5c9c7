import type { RootConfigService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import type { EndpointOverrides } from './alicloud/endpoints';
import { OPERATIONS, type Product } from './alicloud/operations';
import { DEFAULT_RATES, type CallRate, type CallRates } from './alicloud/rates';

/** One entry of `meshDr.alicloud.accounts`. Holds secrets: never log it. */
export interface AccountConfig {
  name: string;
  /** Absent: the default credential chain. */
  credentials?: {
    accessKeyId: string;
    accessKeySecret: string;
    securityToken?: string;
  };
  /** Regions in use; the first one answers calls that name none. */
  regions: string[];
  endpoints: EndpointOverrides;
  /** Calls a second, by product; absent: `DEFAULT_RATES`. */
  rates?: CallRates;
}

/** How API servers of clusters and meshes are reached. */
export interface KubernetesConfig {
  /** `public`: through their Internet addresses; `private`: the portal stands inside the network. */
  apiServerAccess: 'public' | 'private';
  /** Addresses that are refused by default but wanted: hosts, IP addresses, CIDRs. */
  allowedApiServers: string[];
  /** Life of the kubeconfigs asked for, in minutes; 15 to 4320. */
  kubeconfigMinutes: number;
}

/**
 * Reads `meshDr.alicloud.accounts`. Without any account there is one, `default`, that uses the default credential
 * chain. Throws InputError naming the key that is wrong, never a secret.
 */
export function readAccounts(config: RootConfigService): AccountConfig[] {
  const entries =
    config.getOptionalConfigArray('meshDr.alicloud.accounts') ?? [];
  if (entries.length === 0) {
    return [{ name: 'default', regions: [], endpoints: {} }];
  }
  const accounts = entries.map(readAccount);
  const names = accounts.map(account => account.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new InputError(
      `meshDr.alicloud.accounts: the name '${twice}' is used twice; names tell accounts apart`,
    );
  }
  return accounts;
}

function readAccount(entry: Config, index: number): AccountConfig {
  const where = `meshDr.alicloud.accounts[${index}]`;
  const accessKeyId = entry.getOptionalString('accessKeyId');
  const accessKeySecret = entry.getOptionalString('accessKeySecret');
  if (Boolean(accessKeyId) !== Boolean(accessKeySecret)) {
    const missing = accessKeyId ? 'accessKeySecret' : 'accessKeyId';
    throw new InputError(
      `${where}.${missing} is missing; give both keys, or neither to use the default credential chain`,
    );
  }
  return {
    name: entry.getString('name'),
    credentials:
      accessKeyId && accessKeySecret
        ? {
            accessKeyId,
            accessKeySecret,
            securityToken: entry.getOptionalString('securityToken'),
          }
        : undefined,
    regions: entry.getOptionalStringArray('regions') ?? [],
    endpoints: readEndpoints(entry.getOptionalConfig('endpoints'), where),
    rates: readRates(entry, where),
  };
}

/** Calls a second: one number for every product, or reads and writes of some. Undefined: the defaults. */
function readRates(entry: Config, where: string): CallRates | undefined {
  const rate = (value: unknown, key: string): number => {
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) {
      return value;
    }
    throw new InputError(
      `${where}.${key}: ${JSON.stringify(
        value,
      )} is not a number of calls a second; write a number, or 0 for no limit`,
    );
  };
  const products = Object.keys(DEFAULT_RATES) as Product[];
  const given = entry.getOptional('callsPerSecond');
  if (given === undefined) return undefined;
  const byProduct = (rateOf: (product: Product) => CallRate) =>
    Object.fromEntries(
      products.map(product => [product, rateOf(product)]),
    ) as CallRates;
  if (typeof given !== 'object') {
    const all = rate(given, 'callsPerSecond');
    return byProduct(() => ({ reads: all, writes: all }));
  }
  const config = entry.getConfig('callsPerSecond');
  refuseOthers(config, products, `${where}.callsPerSecond`, 'product');
  return byProduct(product => {
    const own = config.getOptionalConfig(product);
    if (!own) return DEFAULT_RATES[product];
    const key = `callsPerSecond.${product}`;
    refuseOthers(own, ['reads', 'writes'], `${where}.${key}`, 'key');
    const { reads, writes } = DEFAULT_RATES[product];
    return {
      reads: rate(own.getOptional('reads') ?? reads, `${key}.reads`),
      writes: rate(own.getOptional('writes') ?? writes, `${key}.writes`),
    };
  });
}

function refuseOthers(
  config: Config,
  known: readonly string[],
  where: string,
  what: string,
): void {
  const other = config.keys().find(key => !known.includes(key));
  if (other !== undefined) {
    throw new InputError(
      `${where}.${other}: unknown ${what}; known are ${known.join(', ')}`,
    );
  }
}

function readEndpoints(
  config: Config | undefined,
  where: string,
): EndpointOverrides {
  const endpoints: EndpointOverrides = {};
  if (config) {
    const known = Object.keys(OPERATIONS);
    refuseOthers(config, known, `${where}.endpoints`, 'product');
  }
  for (const product of config?.keys() ?? []) {
    const url = config!.getString(product);
    if (
      !/^https?:\/\//.test(url) ||
      !URL.canParse(url.replaceAll('{region}', 'region'))
    ) {
      throw new InputError(
        `${where}.endpoints.${product}: '${url}' is not a URL; write it with http:// or https://`,
      );
    }
    endpoints[product as Product] = url;
  }
  return endpoints;
}

/** Reads `meshDr.apiServerAccess` and `meshDr.kubernetes`. */
export function readKubernetesConfig(
  config: RootConfigService,
): KubernetesConfig {
  const access = config.getOptionalString('meshDr.apiServerAccess') ?? 'public';
  if (access !== 'public' && access !== 'private') {
    throw new InputError(
      `meshDr.apiServerAccess: '${access}' is neither 'public' nor 'private'`,
    );
  }
  const minutes =
    config.getOptionalNumber('meshDr.kubernetes.kubeconfigMinutes') ?? 60;
  if (!(minutes >= 15 && minutes <= 4320)) {
    throw new InputError(
      `meshDr.kubernetes.kubeconfigMinutes: ${minutes} is outside 15 to 4320, which is what ACK grants`,
    );
  }
  return {
    apiServerAccess: access,
    allowedApiServers:
      config.getOptionalStringArray('meshDr.kubernetes.allowedApiServers') ??
      [],
    kubeconfigMinutes: minutes,
  };
}
