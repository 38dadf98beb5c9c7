import {
  changeBreakGlassPermission,
  type CreateChangeRequest,
  type LintFinding,
  type PreviewRequest,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { makeApi, makeChange, makePreview } from '../../__testUtils__/mockApi';
import { renderWithApi } from '../../__testUtils__/render';
import { ServiceTab } from '../ServiceTab/ServiceTab';

jest.setTimeout(60_000);

const frozen: LintFinding = {
  id: 'guardrail-freeze-window',
  guardrail: 'freeze-window',
  severity: 'refuse',
  message: 'Rules are frozen until 2026-12-01: Double Eleven.',
  values: { until: '2026-12-01', reason: 'Double Eleven' },
  evidence: 'meshDr.guardrails.freezeWindows',
};
const lastRegion: LintFinding = {
  ...frozen,
  id: 'guardrail-last-healthy-region',
  guardrail: 'last-healthy-region',
  message: 'Callers would have no healthy region left.',
  values: { caller: 'cn-hangzhou', services: 'reviews', where: 'nowhere' },
};

function render(findings: LintFinding[], denied: string[] = []) {
  const createChange = jest.fn(async (request: CreateChangeRequest) =>
    makeChange({ reason: request.reason, overrides: request.overrides }),
  );
  renderWithApi(
    <ServiceTab />,
    makeApi({
      createChange,
      preview: async (request: PreviewRequest) => ({
        ...makePreview(request),
        findings,
        applicable: findings.length === 0,
      }),
    }),
    { denied },
  );
  return createChange;
}

const switchOff = async () =>
  userEvent.click(await screen.findByRole('radio', { name: 'Off' }));

describe('a change that a guardrail refuses', () => {
  it('says what to do, and is applied by those who may name what they set aside', async () => {
    const createChange = render([frozen]);
    await switchOff();
    expect(
      await screen.findByText(/Wait for the end of the window/),
    ).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Apply…' })).toBeDisabled();
    await userEvent.click(
      await screen.findByRole('button', { name: 'Emergency…' }),
    );
    const dialog = await screen.findByRole('dialog');
    expect(
      await within(dialog).findByText(/Only in an emergency/),
    ).toBeInTheDocument();
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /Reason/ }),
      'Hangzhou burns',
    );
    expect(
      within(dialog).getByRole('button', { name: 'Apply' }),
    ).toBeDisabled();
    await userEvent.click(
      within(dialog).getByRole('checkbox', { name: /Freeze window/ }),
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Set aside and apply' }),
    );
    await waitFor(() =>
      expect(createChange).toHaveBeenCalledWith(
        expect.objectContaining({
          reason: 'Hangzhou burns',
          overrides: ['freeze-window'],
        }),
      ),
    );
  });

  it('offers no way round to those who may not', async () => {
    render([frozen], [changeBreakGlassPermission.name]);
    await switchOff();
    await screen.findByText(/Wait for the end of the window/);
    expect(
      screen.queryByRole('button', { name: 'Emergency…' }),
    ).not.toBeInTheDocument();
  });

  it('offers no way round what nobody may set aside', async () => {
    render([frozen, lastRegion]);
    await switchOff();
    expect(
      await screen.findByText(/This cannot be set aside/),
    ).toBeInTheDocument();
    expect(
      screen.queryByRole('button', { name: 'Emergency…' }),
    ).not.toBeInTheDocument();
  });
});

describe('a change that is not refused', () => {
  it('can be given an end', async () => {
    const createChange = render([]);
    await switchOff();
    const apply = screen.getByRole('button', { name: 'Apply…' });
    await waitFor(() => expect(apply).toBeEnabled());
    await userEvent.click(apply);
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: /Reason/ }),
      'Drill',
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: /Returns by itself/ }),
    );
    await userEvent.click(
      await screen.findByRole('option', { name: 'after 4 hours' }),
    );
    const before = Date.now();
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Apply' }),
    );
    await waitFor(() => expect(createChange).toHaveBeenCalled());
    const [{ expiresAt, overrides }] = createChange.mock.calls[0];
    const hours = (Date.parse(expiresAt!) - before) / 3_600_000;
    expect(hours).toBeGreaterThanOrEqual(4);
    expect(hours).toBeLessThan(4.1);
    expect(overrides).toBeUndefined();
  });
});
