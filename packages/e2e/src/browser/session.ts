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

/** Of the window, CSS pixels. */
const HEIGHT = 1000;

export interface Looks {
  language?: 'en' | 'zh-CN';
  theme?: 'light' | 'dark';
  /** Of the window, CSS pixels. */
  width?: number;
  /** Folder of the pictures; default: among the artefacts. */
  pictures?: string;
}

/** One browser tab with a person in it. */
export class Session {
  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
    readonly url: string,
    private readonly pictures: string,
    private readonly width: number,
  ) {}

  static async open(looks: Looks = {}): Promise<Session> {
    const env = environment();
    const pictures = looks.pictures ?? path.join(env.artifacts, 'screenshots');
    mkdirSync(pictures, { recursive: true });
    const width = looks.width ?? 1440;
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: FLAGS,
    });
    const context = await browser.newContext({
      viewport: { width, height: HEIGHT },
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
    // The compiler of this program wraps functions in a helper, also those that run in the page.
    await context.addInitScript('globalThis.__name ??= wrapped => wrapped');
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    return new Session(browser, page, env.portal, pictures, width);
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

  /**
   * Keeps a picture of the whole page, or of a window as high as `height`, CSS pixels.
   *
   * @param from - selector of what the window is scrolled to
   */
  async picture(name: string, height?: number, from?: string) {
    // The sidebar is as high as the window: a picture of a longer page would show it cut off.
    const whole = await this.page.evaluate(
      () => document.documentElement.scrollHeight,
    );
    await this.page.setViewportSize({
      width: this.width,
      height: height ?? Math.max(HEIGHT, whole),
    });
    if (from) {
      await this.page
        .locator(from)
        .evaluate(element => element.scrollIntoView({ block: 'start' }));
    }
    await this.page.screenshot({
      path: path.join(this.pictures, `${name}.png`),
      animations: 'disabled',
      caret: 'hide',
    });
    await this.page.setViewportSize({ width: this.width, height: HEIGHT });
  }

  async close() {
    await this.browser.close();
  }
}
