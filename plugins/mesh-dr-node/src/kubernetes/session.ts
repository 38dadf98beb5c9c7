import https from 'node:https';
import { createAddressGuard, hostOf, type AddressGuard } from './address';
import { readKubeconfig } from './kubeconfig';
import type { Kubeconfig } from '../alicloud/types';

/** An authenticated way to one API server, until the credentials end. */
export interface Session {
  /** Without trailing slash. */
  baseUrl: string;
  headers: Record<string, string>;
  /** Keep-alive, for requests. */
  agent: https.Agent;
  /** A new connection for each request: for watches, which hold theirs, and for what must not be sent twice. */
  freshAgent: https.Agent;
  /** Milliseconds since the epoch after which the session should be renewed. */
  renewAt: number;
}

export interface SessionSource {
  /** The current session, opened or renewed when needed. Concurrent callers share one renewal. */
  current(signal?: AbortSignal): Promise<Session>;
  /**
   * Tells that the API server refused the credentials of `session`.
   *
   * @returns whether new ones can be had: not when several in a row have been refused just now, since whoever took the
   * access away would not be impressed by many more requests to the cloud
   */
  refused(session: Session): boolean;
}

/** Renewed when this part of the credentials' life is left. */
const RENEW_FRACTION = 0.2;
/** New credentials after refusals: at most so many within so long. */
const RENEWALS = 3;
const RENEWAL_WINDOW_MS = 30_000;
/** A session lives at least so long, whatever the clocks say. */
const LEAST_LIFE_MS = 10_000;
/** And at the latest this long before their end. */
const RENEW_MARGIN_MS = 5 * 60_000;

/**
 * Keeps one session in memory.
 *
 * @param fetchKubeconfig - asks the cloud for credentials
 * @param fallbackLifeMs - their life when neither the cloud nor the certificate tells it
 */
export function createSessionSource(options: {
  fetchKubeconfig: () => Promise<Kubeconfig>;
  fallbackLifeMs: number;
  guard?: AddressGuard;
  now?: () => number;
}): SessionSource {
  const guard = options.guard ?? createAddressGuard([]);
  const now = options.now ?? Date.now;
  let session: Session | undefined;
  let opening: Promise<Session> | undefined;
  let fetched: number[] = [];

  // A time in the future was noted before the clock was set back.
  const isRecent = (time: number) => Math.abs(now() - time) < RENEWAL_WINDOW_MS;

  const open = async (): Promise<Session> => {
    fetched = [...fetched.filter(isRecent), now()];
    const kubeconfig = await options.fetchKubeconfig();
    const access = readKubeconfig(kubeconfig.yaml);
    guard.checkUrl(access.server);
    const ends = Math.min(
      ...[
        kubeconfig.expiresAt ? Date.parse(kubeconfig.expiresAt) : NaN,
        access.certificateEnds ?? NaN,
      ].filter(Number.isFinite),
      Number.MAX_SAFE_INTEGER,
    );
    const life =
      ends === Number.MAX_SAFE_INTEGER ? options.fallbackLifeMs : ends - now();
    const tls: https.AgentOptions = {
      ca: access.ca,
      cert: access.cert,
      key: access.key,
      servername: access.tlsServerName ?? serverName(access.server),
      lookup: guard.lookup,
    };
    return {
      baseUrl: access.server.href.replace(/\/+$/, ''),
      headers: access.token ? { authorization: `Bearer ${access.token}` } : {},
      agent: new https.Agent({
        ...tls,
        keepAlive: true,
        maxSockets: 32,
        scheduling: 'lifo',
      }),
      freshAgent: new https.Agent({ ...tls, keepAlive: false }),
      renewAt:
        now() +
        Math.max(
          LEAST_LIFE_MS,
          life - Math.min(RENEW_MARGIN_MS, life * RENEW_FRACTION),
        ),
    };
  };

  return {
    async current() {
      if (session && now() < session.renewAt) return session;
      opening ??= open().finally(() => {
        opening = undefined;
      });
      session = await opening;
      return session;
    },
    refused(refused) {
      if (session !== refused) return true;
      const recent = fetched.filter(isRecent);
      if (recent.length >= RENEWALS) return false;
      session = undefined;
      return true;
    },
  };
}

/** SNI is for names; Node warns about addresses. */
function serverName(server: URL): string | undefined {
  const host = hostOf(server);
  return /^[\d.]+$/.test(host) || host.includes(':') ? undefined : host;
}
