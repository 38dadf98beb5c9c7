import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { ruleChangePermission } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { makeApi, makePreview } from '../../__testUtils__/mockApi';
import { renderWithApi } from '../../__testUtils__/render';
import { mesh } from '../../__testUtils__/topology';
import { ServiceTab } from '../ServiceTab/ServiceTab';

jest.setTimeout(60_000);

// A file of its own: answers about permissions are kept for a while, across the tests of a file.
describe('LocalityControl for a reader without permission', () => {
  it('lets who does not own the service try rules out, and says why Apply is disabled', async () => {
    const asked: unknown[] = [];
    renderWithApi(
      <ServiceTab />,
      makeApi({ preview: async request => makePreview(request) }),
      {
        permissions: {
          authorize: async request => {
            asked.push(request);
            return { result: AuthorizeResult.DENY };
          },
        },
      },
    );
    await userEvent.click(
      (
        await screen.findAllByRole('button', {
          name: 'Set maxEjectionPercent to 100',
        })
      )[0],
    );
    await screen.findByText('can be applied');
    expect(screen.getByRole('button', { name: 'Apply…' })).toBeDisabled();
    for (const act of ['Evacuate a region…', 'Shift gradually…']) {
      expect(screen.getByRole('button', { name: act })).toBeDisabled();
    }
    expect(
      screen.getByText(
        /needs the permission mesh-dr.rule.change, which owners/,
      ),
    ).toBeInTheDocument();
    expect(asked).toContainEqual({
      permission: ruleChangePermission,
      resourceRef: `${mesh.id}/default/reviews`,
    });

    await userEvent.click(screen.getByRole('radio', { name: 'Whole mesh' }));
    expect(
      await screen.findByText(/needs the permission mesh-dr.mesh-rule.change/),
    ).toBeInTheDocument();
  });
});
