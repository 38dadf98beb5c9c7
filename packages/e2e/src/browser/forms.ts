import type { Page } from 'playwright-core';
import type { Outcome, Steps } from '../lib/steps';
import { audit } from './accessibility';
import { Session } from './session';

/** A template's form and what is filled in beforehand, by the address. */
interface Form {
  template: string;
  values: Record<string, unknown>;
}

const FORMS: Form[] = [
  {
    template: 'protect-service',
    values: { component: 'component:default/reviews', reason: 'A look' },
  },
  {
    template: 'protect-service',
    values: {
      component: 'component:default/reviews',
      reason: 'A look',
      mode: 'distribution',
    },
  },
  {
    template: 'join-cluster',
    values: { clusters: [{ id: `c${'0'.repeat(32)}`, region: 'cn-shanghai' }] },
  },
  { template: 'ingress-gateway', values: {} },
  {
    template: 'deploy-everywhere',
    values: {
      name: 'hello',
      owner: 'group:default/shop-owners',
      image: 'istio/examples-helloworld-v1:1.0',
    },
  },
  {
    template: 'destroy-environment',
    values: { environment: 'dr-demo', confirm: 'dr-demo' },
  },
];

/** Waits until no part of the page shows its shape only. */
const drawn = (page: Page) =>
  page.waitForFunction(
    () => !document.querySelector('main [role=status][aria-label="Loading"]'),
  );

/** Judges every page of one form up to its review, which is Backstage's own. */
async function auditForm(session: Session, form: Form): Promise<Outcome> {
  const { page } = session;
  const { template, values } = form;
  const query = encodeURIComponent(JSON.stringify(values));
  await session.goto(`/create/templates/default/${template}?formData=${query}`);
  const next = page.getByRole('button', { name: /^(Next|Review)$/ });
  await next.waitFor();
  const active = page.locator('.MuiStepLabel-label.MuiStepLabel-active');
  const issues: string[] = [];
  const seen: string[] = [];
  for (;;) {
    await drawn(page);
    const title = await active.innerText();
    const { ok, seen: found } = await audit(page);
    if (!ok) issues.push(`${title}: ${found}`);
    seen.push(title);
    const last = (await next.textContent()) === 'Review';
    await next.click();
    if (last) {
      await page.getByRole('button', { name: 'Create', exact: true }).waitFor();
      break;
    }
    // The form checks a page before it shows the next one.
    await active.filter({ hasNotText: title }).waitFor();
  }
  return {
    ok: issues.length === 0,
    seen: issues.length ? issues.join('\n') : seen.join(' → '),
  };
}

/** Judges the forms of the templates that no journey walks through. */
export async function auditForms(steps: Steps) {
  const session = await Session.open();
  try {
    await session.signIn('Pavel');
    for (const form of FORMS) {
      const { mode } = form.values;
      await steps.step(
        `axe: form ${form.template}${mode ? `, ${mode}` : ''}`,
        'nothing serious or critical on any of its pages',
        () => auditForm(session, form),
      );
    }
  } finally {
    await session.close();
  }
}
