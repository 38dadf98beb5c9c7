import {
  rounded,
  simulate,
  withSharedRules,
  type PredictedSplit,
  type RegionLoad,
  type ServiceTopology,
  type SimulatedEdit,
  type WhatIfResult,
  type WhatIfSnapshot,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

/** What becomes of the callers in a place whose pods are lost. */
export const CALLER_FATES = ['stay', 'lost', 'move'] as const;
export type CallerFate = (typeof CALLER_FATES)[number];

/** One thing taken away or changed. */
export type WhatIfEditOfPage =
  | { kind: 'lost'; region: string; zone?: string }
  | { kind: 'version'; region: string; version: string }
  | { kind: 'ready'; region: string; version: string; ready: number };

/** Everything a reader can ask on the canvas; it lives in the page's address. */
export interface WhatIfQuestion {
  edits: WhatIfEditOfPage[];
  callers: CallerFate;
  /** How many times the calls of now a pod can take. */
  bears: number;
}

/** The guardrail's own default. */
export const DEFAULT_BEARS = 2;

const MOST_PODS = 9999;
const SEPARATOR = ',';

/** A what-if that has just begun. */
export const NOTHING_ASKED: WhatIfQuestion = {
  edits: [],
  callers: 'stay',
  bears: DEFAULT_BEARS,
};

/** The question as a short text for the address: `lost:cn-hangzhou,ready:5:cn-shanghai:v2,callers:move`. */
export function formatQuestion({
  edits,
  callers,
  bears,
}: WhatIfQuestion): string {
  return [
    ...edits.map(edit => {
      switch (edit.kind) {
        case 'lost':
          return ['lost', edit.region, ...(edit.zone ? [edit.zone] : [])];
        case 'version':
          return ['version', edit.version, edit.region];
        default:
          return ['ready', edit.ready, edit.region, edit.version];
      }
    }),
    ...(callers === 'stay' ? [] : [['callers', callers]]),
    ...(bears === DEFAULT_BEARS ? [] : [['bears', bears]]),
  ]
    .map(parts => parts.join(':'))
    .join(SEPARATOR);
}

/** Reads an address; what it does not understand, it leaves out, since addresses are typed and outlive what they name. */
export function parseQuestion(text: string): WhatIfQuestion {
  const question: WhatIfQuestion = { ...NOTHING_ASKED, edits: [] };
  for (const token of text.split(SEPARATOR)) {
    const [kind, first, second, third] = token.split(':');
    if (kind === 'lost' && first) {
      question.edits.push({
        kind,
        region: first,
        ...(second && { zone: second }),
      });
    } else if (kind === 'version' && first && second) {
      question.edits.push({ kind, version: first, region: second });
    } else if (kind === 'ready' && second && third && /^\d{1,4}$/.test(first)) {
      const ready = Number(first);
      question.edits.push({ kind, ready, region: second, version: third });
    } else if (
      kind === 'callers' &&
      CALLER_FATES.includes(first as CallerFate)
    ) {
      question.callers = first as CallerFate;
    } else if (kind === 'bears' && Number(first) >= 1) {
      question.bears = Number(first);
    }
  }
  return question;
}

const sameThing = (a: WhatIfEditOfPage, b: WhatIfEditOfPage) =>
  a.kind === b.kind &&
  a.region === b.region &&
  (a.kind === 'lost'
    ? a.zone === (b as typeof a).zone
    : a.version === (b as typeof a).version);

export function isAsked(
  { edits }: WhatIfQuestion,
  edit: WhatIfEditOfPage,
): boolean {
  return edits.some(other => sameThing(other, edit));
}

/** Asks for something, or takes it back. */
export function toggled(
  question: WhatIfQuestion,
  edit: WhatIfEditOfPage,
): WhatIfQuestion {
  const others = question.edits.filter(other => !sameThing(other, edit));
  return {
    ...question,
    edits: others.length < question.edits.length ? others : [...others, edit],
  };
}

/** So many pods of a version in a region; the number of now takes the question back. */
export function withReady(
  question: WhatIfQuestion,
  place: { region: string; version: string },
  ready: number,
  now: number,
): WhatIfQuestion {
  const edit = {
    kind: 'ready' as const,
    ...place,
    ready: Math.min(MOST_PODS, Math.max(0, ready)),
  };
  const others = question.edits.filter(other => !sameThing(other, edit));
  return {
    ...question,
    edits: edit.ready === now ? others : [...others, edit],
  };
}

/** What can be asked about one region. */
export interface Choices {
  zones: string[];
  /** Ready pods by version, now. */
  versions: { version: string; ready: number }[];
}

/** Zones and versions of a region that have pods to lose. */
export function choicesIn(whatIf: WhatIfSnapshot, region: string): Choices {
  const groups = whatIf.services
    .flatMap(service => service.endpoints)
    .filter(group => group.region === region && group.total > 0);
  const zones = new Set(groups.flatMap(({ zone }) => (zone ? [zone] : [])));
  const versions = new Map<string, number>();
  for (const { labels, total, notReady = 0 } of groups) {
    // Pods without the label cannot be told from one another.
    if (labels?.version) {
      versions.set(
        labels.version,
        (versions.get(labels.version) ?? 0) + total - notReady,
      );
    }
  }
  return {
    zones: [...zones].sort(),
    versions: [...versions]
      .map(([version, ready]) => ({ version, ready }))
      .sort((a, b) => a.version.localeCompare(b.version)),
  };
}

/** Answer to a question: the topology as it would be, and what its pods would have to carry. */
export interface WhatIfAnswer {
  /** With the splits and numbers of pods as they would be. */
  topology: ServiceTopology;
  /** Callers that would be gone. */
  gone: ReadonlySet<string>;
  /** Percent of the calls of those callers that are left which fail for good. */
  failedPercent: { before: number; after: number };
  /** Calls that fail before every proxy has ejected what was lost. */
  failAtFirst: number;
  loads: RegionLoad[];
}

function editsFor(
  { edits, callers }: WhatIfQuestion,
  { services, entries }: WhatIfSnapshot,
): SimulatedEdit[] {
  const [{ id, endpoints }] = services;
  const places = [...endpoints, ...entries];
  const known = edits.filter(edit =>
    places.some(
      ({ region, zone }) =>
        region === edit.region &&
        (edit.kind !== 'lost' || !edit.zone || zone === edit.zone),
    ),
  );
  const order = { ready: 0, version: 1, lost: 2 };
  return known
    .sort((a, b) => order[a.kind] - order[b.kind])
    .map((edit): SimulatedEdit => {
      switch (edit.kind) {
        case 'ready':
          return { ...edit, kind: 'replicas', service: id };
        case 'version':
          return { ...edit, kind: 'version-removed', service: id };
        default:
          return {
            ...edit,
            kind: 'down',
            ...(callers === 'stay' && { service: id }),
            ...(callers === 'move' && { entriesMove: true }),
          };
      }
    });
}

/** What one caller would see. */
interface CallerAnswer {
  split: PredictedSplit;
  /** The caller is lost itself. */
  gone: boolean;
  requests: { before: number; after: number };
  failedPercent: { before: number; after: number };
}

function callerAnswers(
  { whatIf }: ServiceTopology,
  result: WhatIfResult,
): CallerAnswer[] {
  const [{ id }] = whatIf.services;
  return whatIf.entries.map((entry, index) => {
    const [{ after, failedPercent }] = result.hop(entry.id, id);
    const nobody = Object.keys(after).length === 0;
    const unanswered = failedPercent.after > 99.99;
    return {
      split: {
        callerId: entry.id,
        callerRegion: entry.region,
        shares: rounded(after),
        noHealthyUpstream: nobody && unanswered,
      },
      gone: nobody && !unanswered,
      requests: result.entries[index].requestsPerSecond,
      failedPercent,
    };
  });
}

/** Percent of the calls of all callers (of those that are left) that fail for good. */
function failing(callers: CallerAnswer[], when: 'before' | 'after'): number {
  const left = callers.filter(({ gone }) => when === 'before' || !gone);
  const all = left.reduce((sum, { requests }) => sum + requests[when], 0);
  const failed = left.reduce(
    (sum, { requests, failedPercent }) =>
      sum + requests[when] * failedPercent[when],
    0,
  );
  return all > 0 ? failed / all : 0;
}

/** Works a question out by the model that also makes the predictions. Pure, and quick enough for every press. */
export function answer(
  topology: ServiceTopology,
  question: WhatIfQuestion,
): WhatIfAnswer {
  const whatIf = withSharedRules(topology.whatIf);
  const result = simulate(whatIf, editsFor(question, whatIf));
  const callers = callerAnswers(topology, result);
  const { loads } = result.service(whatIf.services[0].id);
  const ready = new Map(loads.map(load => [load.region, load.ready.after]));
  return {
    topology: {
      ...topology,
      predicted: callers.map(({ split }) => split),
      regions: topology.regions.map(region => ({
        ...region,
        ready: ready.get(region.region) ?? 0,
        total: Math.max(region.total, ready.get(region.region) ?? 0),
      })),
    },
    gone: new Set(
      callers.filter(({ gone }) => gone).map(({ split }) => split.callerId),
    ),
    failedPercent: {
      before: failing(callers, 'before'),
      after: failing(callers, 'after'),
    },
    failAtFirst: result.failAtFirst(),
    loads,
  };
}
