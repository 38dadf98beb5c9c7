import type { ApiRequest } from './request';

/** What a site answers; the body is sent as it is. */
export interface SiteAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Something beside the cloud's products that is served on the cloud's port: a console, a metrics API. */
export interface Site {
  /** The answer, or undefined when the request is not the site's: it then goes to the products, untouched. */
  answer(request: ApiRequest): Promise<SiteAnswer | undefined>;
}
