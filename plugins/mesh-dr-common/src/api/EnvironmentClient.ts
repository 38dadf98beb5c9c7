import type { RequestOptions } from './MeshDrApi';
import {
  path,
  RestClient,
  throwUnlessOk,
  type Items,
  type RestClientOptions,
} from './RestClient';
import type {
  CloudVpc,
  CreateGrantRequest,
  Environment,
  EnvironmentDetail,
  EnvironmentDrift,
  EnvironmentPreview,
  EnvironmentRemoval,
  Grant,
  GrantOperation,
  PutEnvironmentRequest,
} from './types';

/** The part of the typed client that is about environments and operation grants. */
export class EnvironmentClient {
  protected readonly rest: RestClient;

  constructor(options: RestClientOptions) {
    this.rest = new RestClient(options);
  }

  /** For `ifMatch`: the ETag with which the server sent this very object; a copy of it has none. */
  etagOf(resource: object): string | undefined {
    return this.rest.etagOf(resource);
  }

  async listEnvironments(options?: RequestOptions): Promise<Environment[]> {
    const page = await this.rest.json<Items<Environment>>(
      '/environments',
      options,
    );
    return page.items;
  }

  getEnvironment(
    name: string,
    options?: RequestOptions,
  ): Promise<EnvironmentDetail> {
    return this.rest.conditional(path`/environments/${name}`, options);
  }

  putEnvironment(
    name: string,
    request: PutEnvironmentRequest,
    options?: RequestOptions,
  ): Promise<Environment> {
    return this.rest.json(path`/environments/${name}`, {
      ...options,
      method: 'PUT',
      body: request,
    });
  }

  async forgetEnvironment(
    name: string,
    options?: RequestOptions,
  ): Promise<void> {
    await throwUnlessOk(
      await this.rest.request(path`/environments/${name}`, {
        ...options,
        method: 'DELETE',
      }),
    );
  }

  previewEnvironment(
    spec: Record<string, unknown>,
    options?: RequestOptions,
  ): Promise<EnvironmentPreview> {
    return this.rest.json('/environment-previews', {
      ...options,
      method: 'POST',
      body: { spec },
    });
  }

  planRemoval(
    query: { name: string; account?: string },
    options?: RequestOptions,
  ): Promise<EnvironmentRemoval> {
    const { name, account } = query;
    return this.rest.json(path`/environments/${name}/removal`, {
      ...options,
      query: { account },
    });
  }

  async listVpcs(
    query: { region: string; account?: string },
    options?: RequestOptions,
  ): Promise<CloudVpc[]> {
    const page = await this.rest.json<Items<CloudVpc>>('/vpcs', {
      ...options,
      query,
    });
    return page.items;
  }

  checkDrift(
    name: string,
    options?: RequestOptions,
  ): Promise<EnvironmentDrift> {
    return this.rest.json(path`/environments/${name}/drift`, {
      ...options,
      method: 'POST',
    });
  }

  createGrant(
    body: CreateGrantRequest,
    options?: RequestOptions,
  ): Promise<Grant> {
    return this.rest.json('/grants', { ...options, method: 'POST', body });
  }

  redeemGrant(
    id: string,
    use: { operation: GrantOperation; environment: string },
    options?: RequestOptions,
  ): Promise<Grant> {
    return this.rest.json(path`/grants/${id}/redeem`, {
      ...options,
      method: 'POST',
      body: use,
    });
  }

  async listGrants(options?: RequestOptions): Promise<Grant[]> {
    const page = await this.rest.json<Items<Grant>>('/grants', options);
    return page.items;
  }

  revokeGrant(id: string, options?: RequestOptions): Promise<Grant> {
    return this.rest.json(path`/grants/${id}`, {
      ...options,
      method: 'DELETE',
    });
  }
}
