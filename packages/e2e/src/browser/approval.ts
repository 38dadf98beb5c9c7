import type { Outcome } from '../lib/steps';
import { Session } from './session';

const REASON = 'Failover for every service';

/** A mesh-wide rule is asked for by one person and put in force by another, each in a browser of their own. */
export async function approveBySecond(
  session: Session,
  route: string,
): Promise<Outcome> {
  const { page } = session;
  await page.getByRole('radio', { name: 'Whole mesh' }).check({ force: true });
  await page.getByRole('radio', { name: 'Failover' }).check({ force: true });
  await page.getByText('can be applied').waitFor();
  return putInForce(session, route, REASON);
}

/** Asks for what was edited on the page of `session`, with that reason, and has a second person approve it on `route`. */
export async function putInForce(
  session: Session,
  route: string,
  reason: string,
): Promise<Outcome> {
  const { page } = session;
  await page.getByRole('button', { name: 'Apply…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(reason);
  await dialog.getByRole('button', { name: 'Apply', exact: true }).click();
  await dialog.getByText('Waiting for approval').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  const waiting = page.getByRole('group', { name: 'Waiting for approval' });
  await waiting.getByText('You asked for it').waitFor();
  const own = await waiting.getByRole('button', { name: 'Approve' }).count();

  const second = await Session.open();
  try {
    await second.signIn('Amara');
    await second.goto(route);
    const changes = second.page.getByRole('region', { name: 'Changes' });
    await changes.getByText(reason).waitFor();
    await second.picture('approval-waiting');
    await changes.getByRole('button', { name: 'Approve' }).click();
    const decision = second.page.getByRole('dialog');
    await decision.getByText('can be applied').waitFor();
    await second.picture('approval-dialog');
    await decision.getByRole('button', { name: 'Approve and apply' }).click();
    await decision.getByText('Applied and read back').waitFor();
  } finally {
    await second.close();
  }
  const item = page.getByRole('listitem').filter({ hasText: reason });
  await item.getByText(/approved by amara/).waitFor();
  const seen = await item.innerText();
  return { ok: own === 0 && /Applied/.test(seen), seen };
}
