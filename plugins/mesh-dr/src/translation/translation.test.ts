import {
  GUARDRAIL_FINDING_IDS,
  LINT_IDS,
  STEP_KEYS,
  ENTRY_KEYS,
  VERDICT_KEYS,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { messages } from './en';
import zh from './zh';

const placeholders = (text: string) =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map(match => match[1]).sort();

it('has every text in both languages', () => {
  expect(Object.keys(zh).sort()).toEqual(Object.keys(messages).sort());
  for (const [key, text] of Object.entries(zh)) {
    expect([key, text.trim()]).not.toEqual([key, '']);
  }
});

it('uses the same placeholders in both languages', () => {
  // Texts whose English comes with the data name their values in Chinese only.
  const own = Object.entries(messages).filter(
    ([, english]) => english !== '{{message}}',
  );
  expect(own.length).toBeGreaterThan(200);
  for (const [key, english] of own) {
    expect([key, placeholders((zh as Record<string, string>)[key])]).toEqual([
      key,
      placeholders(english),
    ]);
  }
});

it('knows every finding, every verdict and every step', () => {
  const keys = Object.keys(zh);
  expect(keys).toEqual(
    expect.arrayContaining([
      ...LINT_IDS.map(id => `lint.${id}`),
      ...GUARDRAIL_FINDING_IDS.map(id => `lint.${id}`),
      ...VERDICT_KEYS.map(key => `verdict.${key}`),
      ...ENTRY_KEYS.map(key => `entry.${key}`),
      ...STEP_KEYS.map(key => `step.${key}`),
    ]),
  );
});
