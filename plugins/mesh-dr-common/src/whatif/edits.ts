import type { OutlierDetection } from '../locality/types';
import type { Compiled, Group } from './compile';
import type { State } from './matrix';
import type { WhatIfEdit, WhatIfRule } from './types';

/** Where requests enter, after edits. */
export interface Entering {
  place: number;
  rate: number;
}

/** What edits leave. */
export interface Edited {
  state: State;
  /** By entry. */
  entering: Entering[];
}

/** The state of a snapshot nobody edited. */
export function unedited(compiled: Compiled): Edited {
  const nothing = new Uint8Array(compiled.places.length);
  return {
    state: {
      groups: compiled.groups,
      down: compiled.nodes.map(() => nothing),
      rules: compiled.pools.map(({ rule }) => rule),
    },
    entering: compiled.entries.map(({ place, rate }) => ({ place, rate })),
  };
}

/**
 * Applies edits one after the other; what is not touched stays the same object.
 *
 * @throws RangeError when an edit names a service or region that is not there, or a number that is none
 */
export function applyEdits(compiled: Compiled, edits: WhatIfEdit[]): Edited {
  const edited = unedited(compiled);
  for (const edit of edits) {
    apply(compiled, edited, edit);
  }
  return edited;
}

function apply(compiled: Compiled, edited: Edited, edit: WhatIfEdit): void {
  const { state } = edited;
  switch (edit.kind) {
    case 'down':
      goDown(compiled, edited, edit);
      return;
    case 'removed': {
      const inArea = area(compiled, edit);
      changeGroups(compiled, state, edit.service, group =>
        inArea(group.place) ? undefined : group,
      );
      return;
    }
    case 'version-removed': {
      const inArea = edit.region
        ? area(compiled, { region: edit.region })
        : () => true;
      changeGroups(compiled, state, edit.service, group =>
        group.labels?.version === edit.version && inArea(group.place)
          ? undefined
          : group,
      );
      return;
    }
    case 'replicas':
      changeReplicas(compiled, state, edit);
      return;
    default:
      changeRules(compiled, state, edit);
  }
}

function goDown(
  compiled: Compiled,
  edited: Edited,
  edit: Extract<WhatIfEdit, { kind: 'down' }>,
): void {
  const { state } = edited;
  const inArea = area(compiled, edit);
  const only =
    edit.service === undefined
      ? undefined
      : serviceIndex(compiled, edit.service);
  const changed = new Map<Uint8Array, Uint8Array>();
  state.down = state.down.map((down, node) => {
    if (only !== undefined && only !== node) {
      return down;
    }
    const after =
      changed.get(down) ?? down.map((was, place) => (inArea(place) ? 1 : was));
    changed.set(down, after);
    return after;
  });
  if (only === undefined) {
    const { down } = state;
    const isDown = compiled.entries.map(({ node, place }) => down[node][place]);
    edited.entering = enteringAfter(
      edited.entering,
      index => isDown[index] === 1,
      edit.entriesMove ?? false,
    );
  }
}

/** Tells the places of a region (and zone). */
function area(
  { places }: Compiled,
  { region, zone }: { region: string; zone?: string },
): (place: number) => boolean {
  const inside = places.map(
    place => place.region === region && (!zone || place.zone === zone),
  );
  if (!inside.includes(true)) {
    throw new RangeError(
      `${
        zone ? `zone "${zone}" of region` : 'region'
      } "${region}" has neither endpoints nor entries; name one of ${[
        ...new Set(places.map(place => place.region)),
      ].join(', ')}`,
    );
  }
  return place => inside[place];
}

/** Requests that would enter where everything is down are lost, or spread over the other entries. */
function enteringAfter(
  entering: Entering[],
  isDown: (entry: number) => boolean,
  move: boolean,
): Entering[] {
  const stay = entering.filter((_, entry) => !isDown(entry));
  const all = entering.reduce((sum, { rate }) => sum + rate, 0);
  const left = stay.reduce((sum, { rate }) => sum + rate, 0);
  if (!move || left === 0) {
    return entering;
  }
  return entering.map(({ place, rate }, entry) => ({
    place,
    rate: isDown(entry) ? 0 : (rate * all) / left,
  }));
}

function changeGroups(
  compiled: Compiled,
  state: State,
  service: string | undefined,
  change: (group: Group) => Group | undefined,
): void {
  const changed = (groups: Group[]) => {
    const result = groups.map(change);
    return result.every((group, i) => group === groups[i])
      ? groups
      : result.filter(group => group !== undefined);
  };
  if (service === undefined) {
    state.groups = state.groups.map(changed);
    return;
  }
  const index = serviceIndex(compiled, service);
  state.groups = state.groups.map((groups, i) =>
    i === index ? changed(groups) : groups,
  );
}

function serviceIndex({ indexOf, groups }: Compiled, id: string): number {
  const index = indexOf.get(id);
  if (index === undefined || index >= groups.length) {
    throw new RangeError(
      `there is no service "${id}" in the graph; write it as namespace/name`,
    );
  }
  return index;
}

function changeReplicas(
  compiled: Compiled,
  state: State,
  edit: Extract<WhatIfEdit, { kind: 'replicas' }>,
): void {
  const { ready, version } = edit;
  if (!Number.isInteger(ready) || ready < 0) {
    throw new RangeError(
      `ready is ${ready}, but must be a whole number of endpoints, 0 or more`,
    );
  }
  const inArea = area(compiled, edit);
  const index = serviceIndex(compiled, edit.service);
  const meant = (group: Group) =>
    inArea(group.place) &&
    (version === undefined || group.labels?.version === version);
  const old = state.groups[index];
  const parts = old.filter(meant);
  const fresh = parts.length
    ? inProportion(parts, ready)
    : [
        {
          place: compiled.places.findIndex((_, place) => inArea(place)),
          ...(version !== undefined && { labels: { version } }),
          ready,
          notReady: 0,
          healthy: ready,
        },
      ];
  state.groups = state.groups.map((groups, i) =>
    i === index ? [...old.filter(group => !meant(group)), ...fresh] : groups,
  );
}

/** So many ready endpoints over groups as they are spread now; nobody is left waiting or ejected. */
function inProportion(groups: Group[], ready: number): Group[] {
  const before = groups.reduce((sum, group) => sum + group.ready, 0);
  let given = 0;
  let seen = 0;
  return groups.map((group, i) => {
    // Without any to go by, in equal parts.
    seen += before > 0 ? group.ready / before : 1 / groups.length;
    const upTo = i === groups.length - 1 ? ready : Math.round(seen * ready);
    const hosts = upTo - given;
    given = upTo;
    return { ...group, ready: hosts, notReady: 0, healthy: hosts };
  });
}

function changeRules(
  compiled: Compiled,
  state: State,
  edit: Extract<WhatIfEdit, { kind: 'rule' }>,
): void {
  const service =
    edit.service === undefined
      ? undefined
      : serviceIndex(compiled, edit.service);
  const changed = new Map<WhatIfRule, WhatIfRule>();
  state.rules = state.rules.map((rule, pool) => {
    const meant =
      service === undefined
        ? rule.meshWide
        : compiled.pools[pool].service === service;
    if (!meant) {
      return rule;
    }
    const known = changed.get(rule) ?? changeRule(rule, edit);
    changed.set(rule, known);
    return known;
  });
}

function changeRule(
  rule: WhatIfRule,
  edit: Extract<WhatIfEdit, { kind: 'rule' }>,
): WhatIfRule {
  const { forced, ...rest } = rule;
  const outlierDetection: OutlierDetection | undefined =
    edit.outlierDetection === undefined
      ? rule.outlierDetection
      : edit.outlierDetection ?? undefined;
  return {
    ...(edit.setting ? rest : rule),
    setting: edit.setting ?? rule.setting,
    outlierDetection,
    ...(edit.service !== undefined && edit.setting && { meshWide: false }),
  };
}
