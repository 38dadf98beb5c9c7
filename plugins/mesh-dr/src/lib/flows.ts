import type {
  CallerTopology,
  PredictedSplit,
  ServiceTopology,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** One arrow: calls of one caller to one region. */
export interface Flow {
  key: string;
  caller: CallerTopology;
  /** Column and place within it of the caller. */
  fromColumn: number;
  fromSlot: number;
  slots: number;
  toColumn: number;
  /** Percent of this caller's calls. */
  share: number;
  local: boolean;
}

/** Callers of one region that are drawn as one. */
export interface CallerGroup {
  /** The first of them, with the proxies of all. */
  caller: CallerTopology;
  /** Their zones, where known. */
  zones: string[];
  split?: PredictedSplit;
}

/** One region of the picture with the callers that stand in it. */
export interface RegionColumn {
  region: string;
  callers: CallerGroup[];
}

/**
 * Columns in the order of the topology; a region that only has callers gets a column too, so that no call comes from
 * nowhere. Sidecars of several zones are one caller as long as their calls go the same ways.
 */
export function regionColumns(topology: ServiceTopology): RegionColumn[] {
  const names = [
    ...new Set([
      ...topology.regions.map(region => region.region),
      ...topology.callers.map(caller => caller.region),
    ]),
  ];
  return names.map(region => {
    const groups = new Map<string, CallerGroup>();
    for (const caller of topology.callers) {
      if (caller.region !== region) continue;
      const split = topology.predicted.find(p => p.callerId === caller.id);
      const key =
        caller.kind === 'gateway' ? caller.id : JSON.stringify(split?.shares);
      const group = groups.get(key);
      const zones = [...(group?.zones ?? []), caller.zone ?? ''];
      groups.set(key, {
        caller: {
          ...(group?.caller ?? caller),
          proxies: (group?.caller.proxies ?? 0) + caller.proxies,
        },
        zones: zones.filter(zone => zone !== ''),
        split: group?.split ?? split,
      });
    }
    return { region, callers: [...groups.values()] };
  });
}

/** Every predicted share above zero as an arrow. */
export function flows(columns: RegionColumn[]): Flow[] {
  return columns.flatMap((column, fromColumn) =>
    column.callers.flatMap(({ caller, split }, fromSlot) =>
      Object.entries(split?.shares ?? {})
        .filter(([, share]) => share > 0)
        .map(([region, share]) => ({
          key: `${caller.id}→${region}`,
          caller,
          fromColumn,
          fromSlot,
          slots: column.callers.length,
          toColumn: columns.findIndex(other => other.region === region),
          share,
          local: region === caller.region,
        }))
        .filter(flow => flow.toColumn >= 0),
    ),
  );
}

/** Sizes of the picture, CSS pixels. */
export interface Geometry {
  width: number;
  height: number;
  columns: number;
  gap: number;
  padding: number;
  slotGap: number;
}

export interface Ribbon extends Flow {
  path: string;
  strokeWidth: number;
  /** Triangle at the callee. */
  head: string;
  label: { x: number; y: number };
}

const HEAD = 10;
const MAX_STROKE = 30;
const MIN_STROKE = 2;

function columnWidth(g: Geometry): number {
  return (g.width - (g.columns - 1) * g.gap) / g.columns;
}

function slotCentre(
  g: Geometry,
  column: number,
  slot: number,
  slots: number,
): number {
  const inner = columnWidth(g) - 2 * g.padding;
  const cell = (inner - (slots - 1) * g.slotGap) / slots;
  return (
    column * (columnWidth(g) + g.gap) +
    g.padding +
    slot * (cell + g.slotGap) +
    cell / 2
  );
}

/**
 * Places the arrows: those that leave one caller stand side by side in the order of where they go, those that reach one
 * region in the order of where they come from, so that as few as possible cross.
 */
export function ribbons(list: Flow[], g: Geometry): Ribbon[] {
  const stroke = (share: number) =>
    Math.max(MIN_STROKE, (share / 100) * MAX_STROKE);
  const place = (
    group: Flow[],
    centre: number,
    room: number,
    spacing: number,
  ) => {
    const total =
      group.reduce((acc, flow) => acc + stroke(flow.share), 0) +
      spacing * (group.length - 1);
    const squeeze = Math.min(1, room / total);
    let x = centre - (total * squeeze) / 2;
    return new Map(
      group.map(flow => {
        const own = stroke(flow.share) * squeeze;
        const middle = x + own / 2;
        x += own + spacing * squeeze;
        return [flow.key, middle];
      }),
    );
  };

  const starts = new Map<string, number>();
  const ends = new Map<string, number>();
  for (const id of new Set(list.map(flow => flow.caller.id))) {
    const group = list
      .filter(flow => flow.caller.id === id)
      .sort((a, b) => a.toColumn - b.toColumn);
    const { fromColumn, fromSlot, slots } = group[0];
    const centre = slotCentre(g, fromColumn, fromSlot, slots);
    const room = (columnWidth(g) - 2 * g.padding) / slots - 12;
    place(group, centre, room, 4).forEach((x, key) => starts.set(key, x));
  }
  for (const column of new Set(list.map(flow => flow.toColumn))) {
    const group = list
      .filter(flow => flow.toColumn === column)
      .sort((a, b) => a.fromColumn - b.fromColumn || a.fromSlot - b.fromSlot);
    const centre = slotCentre(g, column, 0, 1);
    const room = columnWidth(g) - 2 * g.padding - 24;
    place(group, centre, room, 22).forEach((x, key) => ends.set(key, x));
  }

  return list.map(flow => {
    const x0 = starts.get(flow.key)!;
    const x1 = ends.get(flow.key)!;
    const strokeWidth = stroke(flow.share);
    const bottom = g.height - HEAD;
    const half = Math.max(strokeWidth / 2 + 5, 6);
    // Labels of calls that leave the region sit nearer to their caller, where the arrows have not crossed yet, and each
    // at its own height.
    const crossing = list.filter(
      other => other.caller.id === flow.caller.id && !other.local,
    );
    const at = flow.local ? 0.55 : 0.2 + 0.2 * (crossing.indexOf(flow) % 3);
    const eased = 3 * at * at - 2 * at * at * at;
    return {
      ...flow,
      strokeWidth,
      path: `M ${x0} 0 C ${x0} ${bottom / 2}, ${x1} ${bottom / 2}, ${x1} ${
        bottom + 1
      }`,
      head: `M ${x1 - half} ${bottom} L ${x1 + half} ${bottom} L ${x1} ${
        g.height
      } Z`,
      label: {
        x: x0 + (x1 - x0) * eased,
        y:
          bottom * (1.5 * (1 - at) * (1 - at) * at + 1.5 * (1 - at) * at * at) +
          bottom * at ** 3,
      },
    };
  });
}
