import type { Page } from 'playwright-core';
import { MESHES, noMesh, OUT_OF_ORDER, REVIEWS, type State } from './state';

const open = async (page: Page, name: string | RegExp) => {
  await page.getByRole('button', { name }).first().click();
  return page.getByRole('dialog');
};

const predicted = (page: Page) =>
  page
    .getByRole('dialog')
    .getByText(/can(not)? be applied/)
    .first()
    .waitFor();

const OVERVIEW = '/catalog/default/component/reviews';
const PREVIEWS = '**/api/mesh-dr/v1/previews';
const SHIFTS = '**/api/mesh-dr/v1/shifts?**';

/** A shift as the portal would show it half-way; only its looks are judged here. */
const shift = (status: string): State['instead'] => [
  [
    SHIFTS,
    route =>
      route.fulfill({
        json: {
          items: [
            {
              id: 's1',
              target: { meshId: 'm', namespace: 'default', name: 'reviews' },
              from: 'cn-hangzhou',
              to: 'cn-shanghai',
              steps: [10, 25, 50, 100],
              holdSeconds: 300,
              outlierDetection: {},
              reason: 'Before the maintenance',
              status,
              requestedBy: 'user:default/olivia',
              requestedAt: new Date().toISOString(),
              percent: 25,
              changeIds: [],
              detail: 'As seen in this state',
            },
          ],
        },
      }),
  ],
];

/** The dialogs of the service's tab and the mesh page, the cards of overviews, and what they look like when something fails. */
export const dialogs: State[] = [
  {
    name: 'evacuation dialog',
    route: REVIEWS,
    drawn: async page => {
      await open(page, 'Evacuate a region…');
      await predicted(page);
    },
  },
  {
    name: 'evacuation dialog, the prediction fails',
    route: REVIEWS,
    instead: [[PREVIEWS, OUT_OF_ORDER]],
    drawn: async page => {
      const dialog = await open(page, 'Evacuate a region…');
      await dialog.getByRole('alert').first().waitFor();
    },
  },
  {
    name: 'dialog of a gradual shift',
    route: REVIEWS,
    drawn: async page => {
      await open(page, 'Shift gradually…');
      await predicted(page);
    },
  },
  {
    name: 'dialog of a gradual shift, its steps wrong',
    route: REVIEWS,
    drawn: async page => {
      const dialog = await open(page, 'Shift gradually…');
      await dialog.getByRole('textbox', { name: /Steps/ }).fill('50, 10');
      await dialog.getByText('The shift cannot start like this').waitFor();
    },
  },
  ...['running', 'paused'].map(status => ({
    name: `service tab, a gradual shift ${status}`,
    route: REVIEWS,
    instead: shift(status),
    drawn: (page: Page) =>
      page
        .getByRole('region', { name: 'Gradual shift' })
        .getByRole('button', { name: 'Abort and go back…' })
        .waitFor(),
  })),
  {
    name: 'dialog that pauses a shift',
    route: REVIEWS,
    instead: shift('running'),
    drawn: async page => {
      const dialog = await open(page, 'Pause…');
      await dialog.getByRole('textbox', { name: 'Reason' }).waitFor();
    },
  },
  {
    name: 'apply dialog',
    route: REVIEWS,
    drawn: async page => {
      await page
        .getByRole('radio', { name: 'Distribution' })
        .check({ force: true });
      await page.getByText('can be applied').waitFor();
      const dialog = await open(page, 'Apply…');
      await dialog.getByRole('textbox', { name: 'Reason' }).waitFor();
    },
  },
  {
    name: 'apply dialog, refused',
    route: REVIEWS,
    instead: [
      [
        '**/api/mesh-dr/v1/changes',
        route =>
          route.request().method() === 'POST'
            ? OUT_OF_ORDER(route)
            : route.fallback(),
      ],
    ],
    drawn: async page => {
      await page
        .getByRole('radio', { name: 'Distribution' })
        .check({ force: true });
      await page.getByText('can be applied').waitFor();
      const dialog = await open(page, 'Apply…');
      await dialog.getByRole('textbox', { name: 'Reason' }).fill('Try');
      await dialog.getByRole('button', { name: 'Apply', exact: true }).click();
      await dialog.getByRole('alert').first().waitFor();
    },
  },
  {
    name: 'export dialog',
    route: REVIEWS,
    drawn: async page => {
      const dialog = await open(page, 'Export');
      await dialog.getByRole('button', { name: /Copy/ }).first().waitFor();
    },
  },
  {
    name: 'export dialog, error',
    route: REVIEWS,
    instead: [['**/api/mesh-dr/v1/changes/*/export', OUT_OF_ORDER]],
    drawn: async page => {
      const dialog = await open(page, 'Export');
      await dialog.getByRole('alert').first().waitFor();
    },
  },
  {
    name: 'roll-back dialog',
    route: REVIEWS,
    drawn: async page => {
      const dialog = await open(page, 'Roll back');
      await dialog.getByRole('textbox', { name: 'Reason' }).waitFor();
    },
  },
  {
    name: 'leave dialog',
    route: '/mesh-dr',
    drawn: async page => {
      const dialog = await open(page, 'Take out ack-shanghai');
      await dialog
        .getByText(/would not survive|loses its last/)
        .first()
        .waitFor();
    },
  },
  {
    name: 'leave dialog, error',
    route: '/mesh-dr',
    instead: [
      ['**/api/mesh-dr/v1/meshes/*/clusters/*/leave-preview', OUT_OF_ORDER],
    ],
    drawn: async page => {
      const dialog = await open(page, 'Take out ack-shanghai');
      await dialog.getByRole('alert').first().waitFor();
    },
  },
  {
    name: 'card on an overview',
    route: OVERVIEW,
    drawn: page => page.getByRole('list', { name: 'Pods by region' }).waitFor(),
  },
  {
    name: 'card on an overview, error',
    route: OVERVIEW,
    instead: [['**/api/mesh-dr/v1/meshes/*/services/**', OUT_OF_ORDER]],
    drawn: page => page.getByText(/The topology of .* could not/).waitFor(),
  },
  {
    name: 'card on an overview, no mesh',
    route: OVERVIEW,
    instead: [[MESHES, noMesh]],
    drawn: page =>
      page.getByRole('link', { name: 'Topology and controls' }).waitFor(),
  },
];
