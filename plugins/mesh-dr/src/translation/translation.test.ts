import {
  LINT_IDS,
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
  for (const [key, english] of Object.entries(messages)) {
    const chinese = (zh as Record<string, string>)[key];
    // Texts whose English comes with the data name their values in Chinese only.
    if (english !== '{{message}}') {
      expect([key, placeholders(chinese)]).toEqual([
        key,
        placeholders(english),
      ]);
    }
  }
});

it('knows every finding and every verdict', () => {
  const keys = Object.keys(zh);
  expect(keys).toEqual(
    expect.arrayContaining([
      ...LINT_IDS.map(id => `lint.${id}`),
      ...VERDICT_KEYS.map(key => `verdict.${key}`),
    ]),
  );
});
