import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { REGIONS } from '../network/regions';
import { OUTAGE_MODES, type OutageMode } from './outages';
import type { FaultRule } from './rule';
import { checkRule, FaultRuleError } from './validate';

/** What a file of faults says. */
export interface FaultFile {
  faults: (Omit<FaultRule, 'id'> & { id?: string })[];
  /** Regions that are out from the start. */
  regions: { region: string; mode: OutageMode }[];
}

/**
 * Reads faults from a YAML or JSON file: `{faults: [rule, …], regions: [{region, mode}, …]}`.
 * @throws FaultRuleError naming the file, the field, its value, the reason and the remedy
 */
export function readFaultFile(path: string): FaultFile {
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new FaultRuleError(
      `The faults in ${path} cannot be read: ${(error as Error).message}`,
    );
  }
  try {
    return check(content);
  } catch (error) {
    if (!(error instanceof FaultRuleError)) throw error;
    throw new FaultRuleError(`${path}: ${error.message}`);
  }
}

function check(content: unknown): FaultFile {
  const { faults, regions, ...others } = (content ?? {}) as Record<
    string,
    unknown
  >;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new FaultRuleError(
      `${unknown} is not known at the top; give faults, regions or both`,
    );
  }
  const ids = new Set<string>();
  const rules = listOf(faults, 'faults').map((value, i) => {
    const rule = checkRule(value, `faults[${i}]`);
    const id = rule.id ?? `file-${i + 1}`;
    if (ids.has(id)) {
      throw new FaultRuleError(
        `faults[${i}].id is ${JSON.stringify(
          id,
        )}: another fault has it; give each its own, or none`,
      );
    }
    ids.add(id);
    return { ...rule, id };
  });
  return {
    faults: rules,
    regions: listOf(regions, 'regions').map((value, i) => {
      const { region, mode = 'hanging' } = value as Record<string, any>;
      if (!REGIONS.has(region)) {
        throw new FaultRuleError(
          `regions[${i}].region is ${JSON.stringify(
            region,
          )}: there is no such region; give an id such as cn-hangzhou`,
        );
      }
      if (!OUTAGE_MODES.includes(mode)) {
        throw new FaultRuleError(
          `regions[${i}].mode is ${JSON.stringify(
            mode,
          )}: there is no such mode; give one of ${OUTAGE_MODES.join(', ')}`,
        );
      }
      return { region, mode };
    }),
  };
}

function listOf(value: unknown, field: string): object[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every(v => v && typeof v === 'object')) {
    return value;
  }
  throw new FaultRuleError(
    `${field} is ${JSON.stringify(value)}: it must be a list of objects`,
  );
}
