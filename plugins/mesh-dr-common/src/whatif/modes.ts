import {
  localityMatches,
  priorityRank,
  weighsLocalities,
} from '../locality/priorities';
import type { LocalityLbSetting } from '../locality/types';
import type { Place } from './compile';

/** How one caller sees places by one setting, whoever stands there: what istiod's order or weights hang on. */
export type Mode =
  | { kind: 'plain' }
  | { kind: 'ranked'; ranks: Uint8Array; levels: number; weighted: boolean }
  | {
      kind: 'weighted';
      /** By place: number of the entry of `to` that covers it, −1 for none. Undefined: no `from` fits the caller. */
      entryOf?: Int16Array;
      percents: number[];
    };

/** Labels that a place itself has; an order by any other needs the endpoints. */
const OF_PLACES = [
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.istio.io/subzone',
];

/** Whether a setting orders endpoints by more than where they stand. */
export function comparesLabels({ failoverPriority }: LocalityLbSetting) {
  return (failoverPriority ?? []).some(
    label => !OF_PLACES.includes(label.split('=')[0]),
  );
}

/** Modes of all callers by setting, worked out once per setting object and list of places. */
export class Modes {
  private readonly known = new WeakMap<
    LocalityLbSetting,
    Map<boolean, (Mode | undefined)[]>
  >();

  constructor(private readonly places: Place[]) {}

  /** @param prioritised - outlier detection is set, or the setting does without */
  of(setting: LocalityLbSetting, prioritised: boolean, caller: number): Mode {
    let both = this.known.get(setting);
    if (!both) {
      both = new Map();
      this.known.set(setting, both);
    }
    let modes = both.get(prioritised);
    if (!modes) {
      modes = [];
      both.set(prioritised, modes);
    }
    return (modes[caller] ??= this.make(setting, prioritised, caller));
  }

  private make(
    setting: LocalityLbSetting,
    prioritised: boolean,
    caller: number,
  ): Mode {
    if (setting.enabled === false) {
      return { kind: 'plain' };
    }
    if (setting.distribute?.length) {
      return this.weighted(setting.distribute, caller);
    }
    if (!prioritised) {
      return { kind: 'plain' };
    }
    const ranks = Uint8Array.from(this.places, place =>
      priorityRank(this.places[caller], place, setting),
    );
    return {
      kind: 'ranked',
      ranks,
      levels: Math.max(...ranks) + 1,
      weighted: weighsLocalities(setting),
    };
  }

  private weighted(
    distribute: NonNullable<LocalityLbSetting['distribute']>,
    caller: number,
  ): Mode {
    const rule = distribute.find(({ from }) =>
      localityMatches(this.places[caller], from),
    );
    if (!rule) {
      return { kind: 'weighted', percents: [] };
    }
    const patterns = Object.keys(rule.to);
    return {
      kind: 'weighted',
      entryOf: Int16Array.from(this.places, place =>
        patterns.findIndex(pattern => localityMatches(place, pattern)),
      ),
      percents: Object.values(rule.to),
    };
  }
}
