import { InputError } from '@backstage/errors';
import { BlockList, isIP } from 'node:net';

/** One `host:port:newHost:newPort` rule. Absent parts match anything, or keep what was asked for. */
export interface ConnectTo {
  host?: string;
  /** Set instead of `host` when the rule names a CIDR block. */
  cidr?: { address: string; prefix: number };
  port?: number;
  newHost?: string;
  newPort?: number;
}

/** Parses one rule; IPv6 hosts stand in brackets. Throws InputError naming the entry. */
export function parseConnectTo(entry: string): ConnectTo {
  const fail = (reason: string): never => {
    throw new InputError(
      `meshDr.probes.connectTo entry '${entry}' ${reason}; write host:port:newHost:newPort, e.g. 127.77.0.0/16:80::18080`,
    );
  };
  const parts = splitOutsideBrackets(entry);
  if (parts.length !== 4) return fail('does not have four parts');
  const [host, port, newHost, newPort] = parts;
  const number = (text: string) => {
    if (text === '') return undefined;
    const value = Number(text);
    return Number.isInteger(value) && value >= 1 && value <= 65535
      ? value
      : fail(`has the port '${text}'`);
  };
  const [address, prefixText] = host.split('/');
  if (prefixText === undefined) {
    return {
      ...(host && { host }),
      port: number(port),
      ...(newHost && { newHost }),
      newPort: number(newPort),
    };
  }
  const prefix = Number(prefixText);
  const family = isIP(address);
  if (
    !family ||
    !Number.isInteger(prefix) ||
    prefix > (family === 4 ? 32 : 128)
  ) {
    return fail(`has the block '${host}', which is no CIDR`);
  }
  return {
    cidr: { address, prefix },
    port: number(port),
    ...(newHost && { newHost }),
    newPort: number(newPort),
  };
}

/** Splits at colons, except those of an IPv6 address in brackets; drops the brackets. */
function splitOutsideBrackets(text: string): string[] {
  const parts = [''];
  let bracketed = false;
  for (const char of text) {
    if (char === '[' || char === ']') bracketed = char === '[';
    else if (char === ':' && !bracketed) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts;
}

/** Where to connect for `host:port`: the first rule that matches decides. */
export function resolveConnectTo(
  rules: ConnectTo[],
  host: string,
  port: number,
): { host: string; port: number } {
  const rule = rules.find(
    candidate =>
      (candidate.port === undefined || candidate.port === port) &&
      matchesHost(candidate, host),
  );
  return {
    host: rule?.newHost ?? host,
    port: rule?.newPort ?? port,
  };
}

function matchesHost(rule: ConnectTo, host: string): boolean {
  if (!rule.cidr) return rule.host === undefined || rule.host === host;
  const family = isIP(host);
  if (!family || family !== isIP(rule.cidr.address)) return false;
  const block = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  block.addSubnet(rule.cidr.address, rule.cidr.prefix, type);
  return block.check(host, type);
}
