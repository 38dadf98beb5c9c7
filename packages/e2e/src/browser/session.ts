import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { environment } from '../lib/environment';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Looks {
  language?: 'en' | 'zh-CN';
  theme?: 'light' | 'dark';
}

/** One browser tab with a person in it. */
export class Session {
  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
    readonly url: string,
    private readonly artifacts: string,
  ) {}

  static async open(looks: Looks = {}): Promise<Session> {
    const env = environment();
    const artifacts = path.join(env.artifacts, 'screenshots');
    mkdirSync(artifacts, { recursive: true });
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: FLAGS,
    });
    const context = await browser.newContext({
      viewport: { width: 1440, height: 1000 },
      locale: looks.language ?? 'en',
      colorScheme: looks.theme ?? 'light',
    });
    // Where Backstage keeps the choices made on its settings page.
    await context.addInitScript(
      ([language, theme]) => {
        localStorage.setItem('language', language);
        localStorage.setItem('theme', theme);
      },
      [looks.language ?? 'en', looks.theme ?? 'light'],
    );
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    return new Session(browser, page, env.portal, artifacts);
  }

  /** Picks an identity on the sign-in page, by the beginning of its title. */
  async signIn(title: string) {
    await this.page.goto(this.url);
    await this.page
      .getByRole('button', { name: new RegExp(`: ${title}`) })
      .click();
    await this.page.locator('a[href="/mesh-dr"]').first().waitFor();
  }

  async goto(route: string) {
    await this.page.goto(`${this.url}${route}`);
  }

  /** Keeps a picture of the whole page among the artefacts. */
  async picture(name: string) {
    await this.page.screenshot({
      path: path.join(this.artifacts, `${name}.png`),
      fullPage: true,
    });
  }

  async close() {
    await this.browser.close();
  }
}
