import { figures } from '../measure';
import type { CaseResult, Figures } from '../types';

export const PEER = '@backstage/plugin-kubernetes-backend 0.21.11';

/** One case with its goal; `met` judges our figures beside the peer's. */
export function result(options: {
  name: string;
  unit: CaseResult['unit'];
  ours: number[];
  peer?: number[];
  goal: string;
  met: (ours: Figures, peer: Figures | undefined) => boolean;
  notes?: string[];
}): CaseResult {
  const ours = figures(options.ours);
  const peer = options.peer && figures(options.peer);
  return {
    case: options.name,
    unit: options.unit,
    ours,
    peer: peer ? { name: PEER, ...peer } : null,
    ratio: peer && ours.p50 > 0 ? peer.p50 / ours.p50 : null,
    goal: options.goal,
    met: options.met(ours, peer),
    notes: options.notes,
  };
}

/** p50 and p99 of ours are at least so many times below the peer's. */
export const timesFaster =
  (times: number) =>
  (ours: Figures, peer: Figures | undefined): boolean =>
    peer !== undefined &&
    peer.p50 >= times * ours.p50 &&
    peer.p99 >= times * ours.p99;
