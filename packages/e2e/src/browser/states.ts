import type { Route } from 'playwright-core';
import type { Outcome, Steps } from '../lib/steps';
import { audit } from './accessibility';
import { dialogs } from './dialogs';
import { walkByTab } from './keyboard';
import { Session, type Looks } from './session';
import { MESHES, noMesh, OUT_OF_ORDER, REVIEWS, type State } from './state';

async function twice(route: Route) {
  const response = await route.fetch();
  const { items } = await response.json();
  const other = { ...items[0], id: 'other', name: 'other-mesh' };
  await route.fulfill({ response, json: { items: [items[0], other] } });
}

/** The component names its service, but no mesh. */
async function withoutMesh(route: Route) {
  const response = await route.fetch();
  const text = await response.text();
  await route.fulfill({
    response,
    body: text.replace(/"mesh-dr.io\/mesh":"[^"]*",?/g, ''),
  });
}

const noItems = (route: Route) => route.fulfill({ json: { items: [] } });

const states: State[] = [
  {
    name: 'service tab, no mesh',
    route: REVIEWS,
    instead: [
      [MESHES, noMesh],
      ['**/api/catalog/entities/**', withoutMesh],
    ],
    drawn: page => page.getByText('No mesh yet').waitFor(),
  },
  {
    name: 'service tab, the meshes cannot be read',
    route: REVIEWS,
    instead: [['**/api/mesh-dr/v1/meshes/*', OUT_OF_ORDER]],
    drawn: page => page.getByText('The meshes could not be read').waitFor(),
  },
  {
    name: 'service tab, the topology cannot be read',
    route: REVIEWS,
    instead: [['**/api/mesh-dr/v1/meshes/*/services/**', OUT_OF_ORDER]],
    drawn: page => page.getByText(/The topology of .* could not/).waitFor(),
  },
  {
    name: 'service tab, distribution being edited',
    route: REVIEWS,
    drawn: async page => {
      await page.getByTestId('region-cn-shanghai').waitFor();
      await page
        .getByRole('radio', { name: 'Distribution' })
        .check({ force: true });
      await page.getByText(/can(not)? be applied/).waitFor();
    },
  },
  {
    name: 'service tab, what if a region is lost',
    route: REVIEWS,
    drawn: async page => {
      await page.getByRole('button', { name: 'What if' }).click();
      await page
        .getByRole('button', { name: 'Lose cn-hangzhou' })
        .first()
        .click();
      await page.getByRole('button', { name: 'Start again' }).waitFor();
    },
  },
  {
    name: 'service tab, as a table',
    route: REVIEWS,
    drawn: async page => {
      await page.getByTestId('region-cn-shanghai').waitFor();
      await page.getByRole('radio', { name: 'Table' }).check({ force: true });
      await page.getByText('Pods by region').first().waitFor();
    },
  },
  {
    name: 'list of meshes',
    route: '/mesh-dr',
    instead: [[MESHES, twice]],
    drawn: page => page.getByRole('link', { name: 'other-mesh' }).waitFor(),
  },
  {
    name: 'list of meshes, none',
    route: '/mesh-dr',
    instead: [[MESHES, noMesh]],
    drawn: page => page.getByText('No mesh', { exact: false }).waitFor(),
  },
  {
    name: 'list of meshes, error',
    route: '/mesh-dr',
    instead: [[MESHES, OUT_OF_ORDER]],
    drawn: page => page.getByRole('alert').first().waitFor(),
  },
  {
    name: 'one mesh',
    route: '/mesh-dr',
    drawn: async page => {
      await page.getByText('100 Mbit/s').first().waitFor();
      await page.getByText('reviews').first().waitFor();
    },
  },
  {
    name: 'one mesh, its parts empty',
    route: '/mesh-dr',
    instead: [
      ['**/api/mesh-dr/v1/meshes/*/services?**', noItems],
      ['**/api/mesh-dr/v1/changes?**', noItems],
      ['**/api/mesh-dr/v1/environments', noItems],
    ],
    drawn: page => page.getByText('100 Mbit/s').first().waitFor(),
  },
  {
    name: 'one mesh, error',
    route: '/mesh-dr/nowhere',
    drawn: page => page.getByRole('alert').first().waitFor(),
  },
  {
    name: 'one mesh, its parts cannot be read',
    route: '/mesh-dr',
    instead: [
      ['**/api/mesh-dr/v1/meshes/*/services?**', OUT_OF_ORDER],
      ['**/api/mesh-dr/v1/meshes/*/network', OUT_OF_ORDER],
      ['**/api/mesh-dr/v1/changes?**', OUT_OF_ORDER],
      ['**/api/mesh-dr/v1/environments', OUT_OF_ORDER],
    ],
    drawn: page => page.getByRole('alert').nth(2).waitFor(),
  },
  {
    name: 'join dialog',
    route: '/mesh-dr',
    drawn: async page => {
      await page.getByRole('button', { name: 'Join a cluster' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'join dialog, error',
    route: '/mesh-dr',
    instead: [['**/api/mesh-dr/v1/meshes/*/candidates', OUT_OF_ORDER]],
    drawn: async page => {
      await page.getByRole('button', { name: 'Join a cluster' }).click();
      await page.getByRole('dialog').getByRole('alert').waitFor();
    },
  },
];

async function inState(session: Session, state: State): Promise<Outcome> {
  const { page } = session;
  for (const [url, answer] of state.instead ?? []) {
    await page.route(url, answer);
  }
  try {
    await session.goto(state.route);
    await state.drawn(page);
    return await audit(page);
  } finally {
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  }
}

/**
 * Judges every state of the service's tab, the mesh page and the join dialog that a healthy mesh with Bookinfo allows; in
 * the light theme the cards and the other dialogs, too.
 */
export async function auditStates(steps: Steps, looks: Looks = {}) {
  const session = await Session.open(looks);
  const dark = looks.theme === 'dark';
  try {
    await session.signIn('Pavel');
    for (const state of dark ? states : [...states, ...dialogs]) {
      await steps.step(
        `axe: ${state.name}${dark ? ', dark' : ''}`,
        'nothing serious or critical',
        () => inState(session, state),
      );
    }
  } finally {
    await session.close();
  }
}

/** Walks the service's tab and the join dialog without a mouse. */
export async function walkByKeyboard(steps: Steps) {
  const session = await Session.open();
  const { page } = session;
  try {
    await session.signIn('Pavel');
    await steps.step(
      'The service tab by Tab alone',
      'every control is come to, and shows that it has the focus',
      async () => {
        await session.goto(REVIEWS);
        await page.getByTestId('region-cn-shanghai').waitFor();
        return walkByTab(page, 'main');
      },
    );
    await steps.step(
      'The join dialog by keyboard alone',
      'opened by Enter, every control is come to, closed by Escape',
      async () => {
        await session.goto('/mesh-dr');
        const open = page.getByRole('button', { name: 'Join a cluster' });
        await open.first().focus();
        await page.keyboard.press('Enter');
        const dialog = page.getByRole('dialog');
        await dialog.waitFor();
        const walk = await walkByTab(page, '[role=dialog]');
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
        return walk;
      },
    );
  } finally {
    await session.close();
  }
}
