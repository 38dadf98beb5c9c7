import { html } from './html';
import { languageOf, TEXTS } from './texts';

describe('languageOf', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['de-DE,de;q=0.9', 'en'],
    ['zh', 'zh-CN'],
    ['zh-CN,zh;q=0.9', 'zh-CN'],
    ['en-GB,zh;q=0.9', 'en'],
    ['fr, zh;q=0.7, en;q=0.8', 'en'],
    ['fr, zh;q=0.8, en;q=0.7', 'zh-CN'],
  ])('%s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });

  it('has every text in every language', () => {
    for (const [key, text] of Object.entries(TEXTS['zh-CN'])) {
      expect([key, text]).toEqual([key, expect.stringMatching(/\S/)]);
    }
  });
});

describe('html', () => {
  it('escapes what is filled in, and keeps what is HTML', () => {
    const inner = html`<b>${'<&>"\''}</b>`;
    expect(html`${inner} ${[inner, 1, undefined]}`.toString()).toBe(
      '<b>&#60;&#38;&#62;&#34;&#39;</b> <b>&#60;&#38;&#62;&#34;&#39;</b>1',
    );
  });
});
