import { badRequest, invalid, KubeStatusError } from '../status';

/** Options of a list or a watch, as far as they say which versions are meant. */
export interface VersionOptions {
  /** undefined: not said, i.e. the latest. */
  resourceVersion?: number;
  match?: 'Exact' | 'NotOlderThan';
  /** 0: no limit. */
  limit: number;
  continueToken?: string;
  /** undefined: not said. */
  sendInitialEvents?: boolean;
  bookmarks: boolean;
  /** Seconds after which the server ends a watch; 0: the server chooses. */
  timeoutSeconds: number;
}

const forbidden = (field: string, why: string) =>
  invalid('ListOptions', 'meta.k8s.io', '', [
    { reason: 'FieldValueForbidden', field, message: `Forbidden: ${why}` },
  ]);

function integer(query: URLSearchParams, name: string): number {
  const text = query.get(name);
  if (!text) return 0;
  if (!/^-?\d+$/.test(text)) {
    throw badRequest(
      `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  return Number(text);
}

export const isTrue = (text: string | null): boolean =>
  text === 'true' || text === '1';

function versionOf(text: string | null): number | undefined {
  if (!text) return undefined;
  if (!/^\d+$/.test(text)) {
    throw invalid('ListOptions', 'meta.k8s.io', '', [
      {
        reason: 'FieldValueInvalid',
        field: 'resourceVersion',
        message: `Invalid value: ${JSON.stringify(
          text,
        )}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
      },
    ]);
  }
  return Number(text);
}

/** Reads the options and refuses those that contradict each other, with the API server's reasons. */
export function versionOptions(
  query: URLSearchParams,
  watching: boolean,
): VersionOptions {
  const match = query.get('resourceVersionMatch') || undefined;
  const initial = query.get('sendInitialEvents');
  const options: VersionOptions = {
    resourceVersion: versionOf(query.get('resourceVersion')),
    match: match as VersionOptions['match'],
    limit: integer(query, 'limit'),
    continueToken: query.get('continue') || undefined,
    sendInitialEvents: initial === null ? undefined : isTrue(initial),
    bookmarks: isTrue(query.get('allowWatchBookmarks')),
    timeoutSeconds: integer(query, 'timeoutSeconds'),
  };
  if (watching) checkWatch(options);
  else checkList(options);
  return options;
}

function checkMatch(match: string) {
  if (match === 'Exact' || match === 'NotOlderThan') return;
  throw invalid('ListOptions', 'meta.k8s.io', '', [
    {
      reason: 'FieldValueNotSupported',
      field: 'resourceVersionMatch',
      message: `Unsupported value: ${JSON.stringify(
        match,
      )}: supported values: "Exact", "NotOlderThan", ""`,
    },
  ]);
}

function checkList({ match, ...options }: VersionOptions) {
  const field = 'resourceVersionMatch';
  if (options.sendInitialEvents !== undefined) {
    throw forbidden(
      'sendInitialEvents',
      'sendInitialEvents is forbidden for list',
    );
  }
  if (!match) return;
  if (options.resourceVersion === undefined) {
    throw forbidden(
      field,
      'resourceVersionMatch is forbidden unless resourceVersion is provided',
    );
  }
  if (options.continueToken) {
    throw forbidden(
      field,
      'resourceVersionMatch is forbidden when continue is provided',
    );
  }
  checkMatch(match);
  if (match === 'Exact' && options.resourceVersion === 0) {
    throw forbidden(
      field,
      'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
    );
  }
}

function checkWatch({ match, sendInitialEvents }: VersionOptions) {
  const field = 'resourceVersionMatch';
  if (sendInitialEvents === undefined) {
    if (!match) return;
    throw forbidden(
      field,
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    );
  }
  if (match !== 'NotOlderThan') {
    throw forbidden(
      field,
      'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    );
  }
}

/** 504 for a version that this server has not reached. */
export function tooLarge(asked: number, current: number): KubeStatusError {
  return new KubeStatusError(
    504,
    'Timeout',
    `Timeout: Too large resource version: ${asked}, current: ${current}`,
    {
      causes: [
        {
          reason: 'ResourceVersionTooLarge',
          message: 'Too large resource version',
        },
      ],
      retryAfterSeconds: 1,
    },
  );
}
