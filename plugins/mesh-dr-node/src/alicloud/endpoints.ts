import { InputError } from '@backstage/errors';
import type { Product } from './operations';

/** Full URLs by product that replace the defaults; `{region}` stands for the region of the call. */
export type EndpointOverrides = Partial<Record<Product, string>>;

const CENTRAL: Partial<Record<Product, string>> = {
  cbn: 'cbn.aliyuncs.com',
  servicemesh: 'servicemesh.aliyuncs.com',
  sts: 'sts.aliyuncs.com',
};

/** Whether one endpoint answers for all regions. */
export function isCentral(product: Product): boolean {
  return product in CENTRAL;
}

/**
 * Where a product answers for a region.
 *
 * CEN, ASM and STS have one central endpoint. VPC and ECS in Hangzhou and in the finance regions have irregular names
 * (product maps of the published SDKs). ACK is regional; without a region its central endpoint is used.
 *
 * @param defaultRegion - fills the placeholder when the call names no region
 * @returns a URL without trailing slash (the ROA client would otherwise sign a path that it does not send).
 */
export function endpointOf(
  product: Product,
  region: string | undefined,
  overrides: EndpointOverrides = {},
  defaultRegion?: string,
): string {
  const override = overrides[product];
  if (override !== undefined) {
    const filled = region ?? defaultRegion;
    if (override.includes('{region}') && !filled) {
      throw new InputError(
        `The endpoint ${override} of product ${product} needs a region, and this call names none; configure 'regions' for the account`,
      );
    }
    return override.replaceAll('{region}', filled ?? '').replace(/\/+$/, '');
  }
  return `https://${defaultHost(product, region)}`;
}

function defaultHost(product: Product, region: string | undefined): string {
  const central = CENTRAL[product];
  if (central) return central;
  if (!region) return `${product}.aliyuncs.com`;
  if (!/^[a-z0-9-]+$/.test(region)) {
    throw new InputError(
      `'${region}' is not a region id; expected a name such as cn-hangzhou`,
    );
  }
  if (product === 'vpc') {
    return region === 'cn-hangzhou' || isFinance(region)
      ? 'vpc.aliyuncs.com'
      : `vpc.${region}.aliyuncs.com`;
  }
  if (product === 'ecs') {
    if (region === 'cn-hangzhou') return 'ecs-cn-hangzhou.aliyuncs.com';
    if (region === 'cn-hangzhou-finance') return 'ecs.aliyuncs.com';
    if (isFinance(region)) return 'ecs-cn-hangzhou.aliyuncs.com';
  }
  return `${product}.${region}.aliyuncs.com`;
}

function isFinance(region: string): boolean {
  return [
    'cn-hangzhou-finance',
    'cn-shanghai-finance-1',
    'cn-shenzhen-finance-1',
  ].includes(region);
}
