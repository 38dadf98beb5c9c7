import type { ClockReading } from '../clock';
import type { CallRecord } from '../openapi/calls';
import type { FaultEntry } from './faults';
import { Html, html } from './html';
import type { Product, Resource } from './resources';
import type { Texts } from './texts';

/** More rows than this of one product are counted, not shown. */
const MOST_ROWS = 300;

const PRODUCTS: Product[] = ['asm', 'ack', 'cen', 'network', 'ecs', 'slb'];

/** A moment's pill, coloured by what kind of state it is. */
export function pill(state: string): Html {
  const settled = /^(available|active|running|attached|inuse|idle)$/i;
  const bad = /fail|down|delet|detach/i;
  const trouble = bad.test(state) ? 'bad' : 'busy';
  const kind = settled.test(state) ? 'ok' : trouble;
  return state ? html`<span class="pill ${kind}">${state}</span>` : html``;
}

export function clockSection(t: Texts, clock: ClockReading): Html {
  const next =
    clock.nextInMs === undefined
      ? ''
      : ` (${t.next} ${duration(clock.nextInMs)})`;
  return html`<dl>
    <dt>${t.elapsed}</dt>
    <dd>${duration(clock.elapsedMs)}</dd>
    <dt>${t.scale}</dt>
    <dd>${clock.timeScale} ×</dd>
    <dt>${t.waiting}</dt>
    <dd>${clock.waiting}${next}</dd>
  </dl>`;
}

/** Coarse, so that a page that is watched changes seldom. */
function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? `${hours} h ${minutes % 60} min`
    : `${Math.floor(hours / 24)} d`;
}

export function regionsSection(
  t: Texts,
  regions: { id: string; name: string; resources: number; down: boolean }[],
): Html {
  if (!regions.length) return html`<p class="soft">${t.noRegions}</p>`;
  return html`<ul class="list">
    ${regions.map(
      region => html`<li>
        <span
          ><strong class="name">${region.name}</strong>
          <span class="soft small"
            ><code>${region.id}</code> · ${region.resources} ${t.count}</span
          ></span
        >
        <span class="row"
          >${region.down
            ? html`<span class="pill bad">${t.down}</span>`
            : html`<span class="pill ok">${t.up}</span>`}
          ${region.down
            ? html`<button
                class="quiet"
                data-key="region-${region.id}"
                data-method="DELETE"
                data-path="/faults/regions/${region.id}"
              >
                ${t.switchOn}<span class="skip"> ${region.name}</span>
              </button>`
            : html`<button
                class="quiet"
                data-key="region-${region.id}"
                data-method="POST"
                data-path="/faults/regions"
                data-body="${JSON.stringify({ region: region.id })}"
              >
                ${t.switchOff}<span class="skip"> ${region.name}</span>
              </button>`}</span
        >
      </li>`,
    )}
  </ul>`;
}

export function faultsSection(t: Texts, faults: FaultEntry[]): Html {
  if (!faults.length) return html`<p class="soft">${t.noFaults}</p>`;
  return html`<ul class="list">
    ${faults.map(
      fault => html`<li>
        <span
          ><span class="pill bad">${fault.where}</span>
          ${fault.description}</span
        >
        <button
          class="quiet"
          data-key="${fault.path}"
          data-method="DELETE"
          data-path="${fault.path}"
        >
          ${t.remove}<span class="skip"> ${fault.description}</span>
        </button>
      </li>`,
    )}
  </ul>`;
}

export function gatewaysSection(
  t: Texts,
  gateways: { service: string; region: string; url: string }[],
): Html {
  return html`${gateways.map(
    ({ service, region, url }) => html`<tr>
      <td>${t.gateway} ${service}, ${region}</td>
      <td>
        <a class="mono" href="${url}">${url}</a>
      </td>
    </tr>`,
  )}`;
}

export function resourcesSection(t: Texts, resources: Resource[]): Html {
  if (!resources.length) return html`<p class="soft">${t.empty}</p>`;
  return html`<div class="products">
    ${PRODUCTS.map(product => {
      const own = resources.filter(resource => resource.product === product);
      return own.length ? productTable(t, product, own) : html``;
    })}
  </div>`;
}

const resourceRow = (resource: Resource) =>
  html`<tr>
    <td>
      <span
        ><span class="name">${resource.type}</span
        ><span class="soft small" title="${resource.name}"
          >${resource.name}</span
        ></span
      >
    </td>
    <td class="mono">${resource.id}</td>
    <td class="tight">${resource.regionId}</td>
    <td>${pill(resource.state)}</td>
    <td>${resource.details.filter(Boolean).join(' · ')}</td>
  </tr>`;

function productTable(t: Texts, product: Product, own: Resource[]): Html {
  const hidden = own.length - MOST_ROWS;
  return html`<div class="scroll">
    <table class="resources">
      <caption class="title">
        ${t[product]}
      </caption>
      <thead>
        <tr>
          <th scope="col">${t.resource}</th>
          <th scope="col">${t.id}</th>
          <th scope="col">${t.region}</th>
          <th scope="col">${t.state}</th>
          <th scope="col">${t.details}</th>
        </tr>
      </thead>
      <tbody>
        ${own.slice(0, MOST_ROWS).map(resourceRow)}
      </tbody>
    </table>
    ${hidden > 0 ? html`<p class="soft small">${hidden} ${t.more}</p>` : html``}
  </div>`;
}

export function callsSection(t: Texts, calls: CallRecord[]): Html {
  if (!calls.length) return html`<p class="soft">${t.noCalls}</p>`;
  return html`<table class="calls">
    <caption class="skip">
      ${t.callsCaption}
    </caption>
    <thead>
      <tr>
        <th scope="col">${t.time}</th>
        <th scope="col">${t.product}</th>
        <th scope="col">${t.operation}</th>
        <th scope="col">${t.region}</th>
        <th scope="col">${t.status}</th>
        <th scope="col">${t.duration}</th>
      </tr>
    </thead>
    <tbody>
      ${calls.map(
        call => html`<tr>
          <td class="tight mono">${call.time.slice(11, 19)}</td>
          <td class="tight">${call.product}</td>
          <td>${call.operation}</td>
          <td class="tight">${call.regionId}</td>
          <td>${outcome(t, call)}</td>
          <td class="tight">${call.durationMs.toFixed(1)} ms</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}

function outcome(t: Texts, { status, code }: CallRecord): Html {
  if (status === 0) return html`<span class="pill bad">${t.dropped}</span>`;
  const kind = status < 400 ? 'ok' : 'bad';
  return html`<span class="pill ${kind}">${status}</span> ${code}`;
}
