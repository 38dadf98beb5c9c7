import type { Page, Route } from 'playwright-core';

export const REVIEWS = '/catalog/default/component/reviews/disaster-recovery';

/** Answers as a portal does whose clouds are silent. */
export const OUT_OF_ORDER = (route: Route) =>
  route.fulfill({
    status: 503,
    contentType: 'application/json',
    body: JSON.stringify({
      error: {
        name: 'ServiceUnavailableError',
        message: 'The mesh could not be asked',
      },
    }),
  });

/** A state that a page can be in, how to bring it about, and what tells that it is drawn. */
export interface State {
  name: string;
  route: string;
  /** Answers of the portal that are not its own in this state; all others are. */
  instead?: [url: string, answer: (route: Route) => Promise<void>][];
  drawn: (page: Page) => Promise<unknown>;
}

export const MESHES = '**/api/mesh-dr/v1/meshes';

export const noMesh = (route: Route) => route.fulfill({ json: { items: [] } });
