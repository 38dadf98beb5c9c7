import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { screen } from '@testing-library/react';
import { failingPreflight, makeApi } from '../../__testUtils__/mockApi';
import { renderWithApi } from '../../__testUtils__/render';
import { CheckRepair } from './CheckRepair';

// Alone in its file: decisions of the permission service are remembered across tests.
describe('CheckRepair', () => {
  it('says who can apply the fix where the reader cannot', async () => {
    renderWithApi(
      <CheckRepair
        meshId="m"
        clusterId="c"
        check={{
          ...failingPreflight.checks[2],
          repair: { kind: 'admit-ranges', rules: [] },
        }}
        onRepaired={() => {}}
      />,
      makeApi(),
      {
        permissions: {
          authorize: async () => ({ result: AuthorizeResult.DENY }),
        },
      },
    );
    expect(
      await screen.findByText(/who may provision environments/),
    ).toBeInTheDocument();
    expect(screen.queryByRole('button')).not.toBeInTheDocument();
  });
});
