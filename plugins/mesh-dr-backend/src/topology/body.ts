import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import {
  topologyJson,
  type ServiceTopology,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';

const compress = promisify(gzip);

/** The same bytes for all who read them. */
export interface SharedBody {
  json: Buffer;
  /** Compressed once, when the first asks who takes it. */
  gzipped(): Promise<Buffer>;
}

const bodies = new WeakMap<ServiceTopology, SharedBody>();

/** A topology as it is sent. */
export function bodyOf(topology: ServiceTopology): SharedBody {
  let body = bodies.get(topology);
  if (!body) {
    const json = Buffer.from(topologyJson(topology));
    let gzipped: Promise<Buffer> | undefined;
    body = {
      json,
      gzipped() {
        gzipped ??= compress(json);
        return gzipped;
      },
    };
    bodies.set(topology, body);
  }
  return body;
}
