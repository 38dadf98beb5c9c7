import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repository } from '../tools/places';

/** What istiod would send in one situation, and the shares that must come out. */
export interface Vector {
  id: string;
  desc: string;
  endpoints: Record<string, { total: number; healthy: number }>;
  panicThreshold: number;
  localityWeighted: boolean;
  istiod: { loc: string; prio: number; weight: number; endpoints: number }[];
  expected: { mode: string; share: Record<string, number> };
}

/** How many of the failing local hosts a cap lets be ejected, since Envoy 1.28. */
export interface EjectionVector {
  local: number;
  remote: number;
  mep: number;
  ge128: number;
}

/** The table of locality vectors that the sandbox's own tests use. */
export function readTable(): {
  vectors: Vector[];
  ejection: EjectionVector[];
} {
  const file = path.join(
    repository,
    'packages/alicloud-sandbox/src/mesh/__fixtures__/localityVectors.json',
  );
  return JSON.parse(readFileSync(file, 'utf8'));
}
