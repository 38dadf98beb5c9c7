import type { Outcome } from '../lib/steps';
import { Session } from './session';

/** Loses a region on the canvas and nowhere else; whoever opens the address sees the same. */
export async function loseOnPaper(session: Session): Promise<Outcome> {
  const { page } = session;
  await page.getByRole('button', { name: 'What if' }).click();
  const lose = page.getByRole('button', {
    name: 'Lose cn-hangzhou',
    exact: true,
  });
  await lose.focus();
  await page.keyboard.press('Enter');
  const panel = page.getByTestId('what-if');
  await panel.getByText('every call is answered').waitFor();
  await page
    .getByTestId('region-cn-hangzhou')
    .getByText('0/1 ready')
    .first()
    .waitFor();
  await session.picture('reviews-what-if');
  const seen = await panel.innerText();
  await page.reload();
  await panel.getByText('every call is answered').waitFor();
  const shared = await panel.innerText();
  await page.getByRole('button', { name: 'What if' }).click();
  await panel.waitFor({ state: 'detached' });
  const facts = await page.getByTestId('region-cn-hangzhou').innerText();
  return {
    ok:
      shared === seen &&
      /cn-shanghai\s+1 → 1\s+\S+ % → 100 %/.test(seen) &&
      /1\/1 ready/.test(facts),
    seen,
  };
}
