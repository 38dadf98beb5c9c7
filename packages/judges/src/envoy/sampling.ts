import type { ProxyResult } from './model';
import { Model, type Ports, type Scenario } from './bench';

/** Requests that are on their way together, here and there. */
export const CONNECTIONS = 8;
/** The judge's hosts and clocks share the thread with the model: it must not keep them waiting. */
const AT_A_STRETCH = 400;

/** Sends `n` requests to the model as Envoy gets them, several at a time, and calls `seen` for every answer. */
export async function sample(
  model: Model,
  n: number,
  seen: (result: ProxyResult) => void,
): Promise<void> {
  for (let sent = 0; sent < n; sent += CONNECTIONS) {
    const results = await Promise.all(
      Array.from({ length: Math.min(CONNECTIONS, n - sent) }, () =>
        model.send(),
      ),
    );
    results.forEach(seen);
    if (sent % AT_A_STRETCH === 0) {
      await new Promise(resolve => {
        setImmediate(resolve);
      });
    }
  }
}

/** What `n` answers of a new model say, one word each. */
export async function sampleOf(
  scenario: Scenario,
  ports: Ports,
  n: number,
  word: (result: ProxyResult) => string,
): Promise<string[]> {
  const words: string[] = [];
  await sample(new Model(scenario, ports), n, r => words.push(word(r)));
  return words;
}
