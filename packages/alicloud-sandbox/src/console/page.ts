import { Html, html } from './html';
import { SCRIPT } from './script';
import { STYLE } from './style';
import type { Language, Texts } from './texts';

/** What the page shows that does not change while the sandbox runs. */
export interface PageFacts {
  endpoint: string;
  httpsEndpoint: string;
  control: string;
  prometheus: string;
  /** Where the certificate authority can be fetched. */
  ca: string;
  accessKeyId: string;
  timeScale: number;
  regions: { id: string; name: string }[];
}

/** The whole page, complete without a script: sections that change are filled in by the server. */
export function renderPage(options: {
  language: Language;
  t: Texts;
  facts: PageFacts;
  sections: Record<string, Html>;
  /** Lets this page's own style and script run, and no others. */
  nonce: string;
}): string {
  const { language, t, facts, sections, nonce } = options;
  return html`<!DOCTYPE html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${t.title}</title>
        <link rel="icon" href="data:," />
        <style nonce="${nonce}">
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <a class="skip" href="#resources-title">${t.skip}</a>
        <header>
          <div>
            <h1>${t.title}</h1>
            <p>${t.intro}</p>
          </div>
          <span
            id="live"
            class="live"
            data-live="${t.live}"
            data-lost="${t.paused}"
            >${t.live}</span
          >
        </header>
        <main>
          <noscript class="wide"><p>${t.noScript}</p></noscript>
          ${regionsPanel(t, facts, sections)} ${clockPanel(t, facts, sections)}
          <section class="panel wide" aria-labelledby="faults-title">
            <h2 id="faults-title">${t.faults}</h2>
            <div id="faults">${sections.faults}</div>
            <p
              id="message"
              class="message"
              role="status"
              data-done="${t.done}"
              data-failed="${t.failed}"
            ></p>
          </section>
          <section class="panel wide" aria-labelledby="resources-title">
            <h2 id="resources-title">${t.resources}</h2>
            <div id="resources">${sections.resources}</div>
          </section>
          <section class="panel wide" aria-labelledby="calls-title">
            <h2 id="calls-title">${t.calls}</h2>
            <div
              id="calls"
              class="scroll tall"
              tabindex="0"
              role="region"
              aria-labelledby="calls-title"
            >
              ${sections.calls}
            </div>
          </section>
          ${connectPanel(t, facts, sections)}
        </main>
        <script nonce="${nonce}">
          ${new Html(SCRIPT)};
        </script>
      </body>
    </html> `.toString();
}

function regionsPanel(
  t: Texts,
  { regions }: PageFacts,
  sections: Record<string, Html>,
): Html {
  return html`<section class="panel" aria-labelledby="regions-title">
    <h2 id="regions-title">${t.regions}</h2>
    <div id="regions" class="list">${sections.regions}</div>
    <form class="row" data-path="/faults/regions">
      <label for="region">${t.anotherRegion}</label>
      <select id="region" name="region">
        ${regions.map(
          ({ id, name }) => html`<option value="${id}">${name} ${id}</option>`,
        )}
      </select>
      <button>${t.switchOff}</button>
    </form>
  </section>`;
}

function clockPanel(
  t: Texts,
  { timeScale }: PageFacts,
  sections: Record<string, Html>,
): Html {
  const step = (label: string, ms: number) =>
    html`<button
      data-method="POST"
      data-path="/clock"
      data-body="${JSON.stringify({ advanceMs: ms })}"
    >
      ${label}
    </button>`;
  return html`<section class="panel" aria-labelledby="clock-title">
    <h2 id="clock-title">${t.clock}</h2>
    <div id="clock">${sections.clock}</div>
    <form class="row" data-path="/clock">
      <label for="scale">${t.newScale}</label>
      <input
        id="scale"
        name="timeScale"
        type="number"
        min="0.001"
        max="1000000"
        step="any"
        value="${timeScale}"
        required
      />
      <button>${t.set}</button>
    </form>
    <div class="row" role="group" aria-label="${t.advance}">
      <span class="soft small">${t.advance}</span>
      ${step(t.minute, 60_000)} ${step(t.tenMinutes, 600_000)}
      ${step(t.hour, 3_600_000)}
    </div>
  </section>`;
}

function connectPanel(
  t: Texts,
  facts: PageFacts,
  sections: Record<string, Html>,
): Html {
  const row = (label: string, address: string) =>
    html`<tr>
      <td>${label}</td>
      <td class="mono">${address}</td>
    </tr>`;
  const { host } = new URL(facts.endpoint);
  return html`<section class="panel wide" aria-labelledby="connect-title">
    <h2 id="connect-title">${t.connect}</h2>
    <div class="scroll">
      <table>
        <caption class="skip">
          ${t.connect}
        </caption>
        <thead>
          <tr>
            <th scope="col">${t.endpoint}</th>
            <th scope="col">${t.address}</th>
          </tr>
        </thead>
        <tbody>
          ${row(t.openapi, facts.endpoint)}
          ${row(t.openapiTls, facts.httpsEndpoint)}
          ${row(t.authority, facts.ca)} ${row(t.control, facts.control)}
          ${row(t.prometheus, facts.prometheus)}
          ${row(t.key, facts.accessKeyId)}
        </tbody>
        <tbody id="gateways">
          ${sections.gateways}
        </tbody>
      </table>
    </div>
    <p class="soft small">${t.secretHint} ${t.example}</p>
    <pre><code>aliyun vpc DescribeVpcs --RegionId cn-hangzhou --endpoint ${host} --insecure</code></pre>
  </section>`;
}
