import type { LintFinding } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { makeApi } from '../../__testUtils__/mockApi';
import { renderWithApi } from '../../__testUtils__/render';
import { FindingList } from './FindingList';

const COMMAND = 'kubectl patch virtualservice reviews';
const finding: LintFinding = {
  id: 'retries-stay-in-region',
  severity: 'inform',
  message: 'Retries of calls to default/reviews may stay.',
  values: {
    service: 'default/reviews',
    region: 'cn-hangzhou',
    object: 'VirtualService default/reviews',
    proxies: 3,
    seconds: 120,
    refusedNow: 70,
    refusedThen: 0,
    lostNow: 12,
    lostThen: 6,
  },
  evidence: 'forecast',
  patch: { object: 'VirtualService default/reviews', command: COMMAND },
};

describe('FindingList', () => {
  it('offers the patch of an object that the portal does not write, to copy', async () => {
    const user = userEvent.setup();
    const write = jest.spyOn(navigator.clipboard, 'writeText');
    renderWithApi(<FindingList findings={[finding]} />, makeApi());
    const summary = await screen.findByText(
      'Patch for VirtualService default/reviews',
    );
    await user.click(summary);
    const patch = within(summary.closest('details')!);
    expect(patch.getByText(COMMAND)).toBeVisible();
    await user.click(patch.getByRole('button', { name: 'Copy' }));
    expect(await patch.findByRole('button', { name: 'Copied' })).toBeVisible();
    expect(write).toHaveBeenCalledWith(COMMAND);
  });

  it('says the figures in Chinese, too', async () => {
    renderWithApi(<FindingList findings={[finding]} />, makeApi(), {
      language: 'zh-CN',
    });
    expect(
      await screen.findByText(
        /约有 70 次请求失败，启用 retryRemoteLocalities 后为 0 次/,
      ),
    ).toBeInTheDocument();
    expect(screen.queryByText(/may stay/)).not.toBeInTheDocument();
  });
});
