import { XMLBuilder } from 'fast-xml-parser';
import type { ApiRequest } from './request';

const builder = new XMLBuilder({ ignoreAttributes: true, format: false });

/**
 * Whether an RPC request is answered in XML: when `Format` asks for it, and when neither `Format` nor the Accept header
 * says what is wanted, as XML is the gateway's default. All SDKs ask for JSON. Requests in the newest signature, whose
 * action stands in a header, have no `Format`, and JSON is their default.
 */
export function wantsXml(request: ApiRequest): boolean {
  if (request.path !== '/' && request.path !== '') return false;
  const named = [...request.query, ...request.form].find(
    ([name]) => name === 'Format',
  );
  if (named?.[1]) return named[1].toUpperCase() === 'XML';
  const accepted = request.headers.accept ?? '';
  return accepted.includes('json')
    ? false
    : accepted.includes('xml') || !request.headers['x-acs-action'];
}

/** An answer as the gateway writes it: `<DescribeVpcsResponse>`, or `<Error>`; a list repeats its element. */
export function toXml(body: unknown, action: string): string {
  const isError = typeof body === 'object' && body !== null && 'Code' in body;
  const root = isError && 'HostId' in body ? 'Error' : `${action}Response`;
  return `<?xml version='1.0' encoding='UTF-8'?>${builder.build({
    [root]: body,
  })}`;
}
