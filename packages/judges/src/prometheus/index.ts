import type { Judge } from '../judge';
import { debianPackage } from '../tools/debian';
import { Api, difference, ours, theirs } from './compare';
import { openMetrics, recordMesh, SCRAPES } from './data';
import { MISTAKES, QUERIES } from './queries';
import { startPrometheus } from './server';

let root = '';

/** Long enough ago that nothing of it is in the future. */
const AGO_MS = 2 * 3_600_000;
/** Instants between scrapes: what lies exactly on the edge of a window differs between Prometheus 2 and 3. */
const OFF_THE_GRID_MS = 7300;
/** Scrapes after which instant queries are asked, from before the first to after the last. */
const INSTANTS = [-3, 0, 1, 2, 9, 32, 41, 52, 79, 95, 119, 130, 160];

const LISTS: [string, Record<string, string>][] = [
  ['labels', {}],
  ['labels', { 'match[]': 'queue_length' }],
  ['label/__name__/values', {}],
  ['label/pod/values', { 'match[]': 'queue_length' }],
  ['series', { 'match[]': '{pod="ratings"}' }],
  ['series', {}],
  ['query_range', { query: 'up', step: '0' }],
  ['query_range', { query: 'up', step: '0.1' }],
  ['query_range', { query: 'up[1m]', step: '60' }],
];

/** The same samples in a real Prometheus, and the same queries to both. */
export const prometheus: Judge = {
  name: 'prometheus',
  description: 'a real Prometheus answers the same queries on the same samples',
  async unavailable() {
    try {
      root = await debianPackage('prometheus', 'prometheus');
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  },
  async run(report) {
    const start = Math.floor((Date.now() - AGO_MS) / 60_000) * 60_000;
    const samples = recordMesh(start);
    const server = await startPrometheus(root, openMetrics(samples));
    try {
      report({ name: `it is Prometheus ${await server.version()}`, ok: true });
      const both: [Api, Api] = [ours(samples), theirs(server.url)];
      const ask = async (path: string, parameters: Record<string, string>) => {
        const [a, b] = await Promise.all(
          both.map(api => api(path, parameters)),
        );
        return difference(a, b);
      };
      const instants = INSTANTS.map(
        n => (start + n * 15_000 + OFF_THE_GRID_MS) / 1000,
      );
      for (const query of QUERIES) {
        let problem: string | undefined;
        for (const time of instants) {
          problem ??= await ask('query', { query, time: String(time) });
        }
        report({ name: query, ok: !problem, detail: problem });
      }
      const range = {
        start: String((start - 60_000 + OFF_THE_GRID_MS) / 1000),
        end: String((start + SCRAPES * 15_000 + 400_000) / 1000),
        step: '23',
      };
      for (const query of QUERIES) {
        const problem = await ask('query_range', { query, ...range });
        report({ name: `range of ${query}`, ok: !problem, detail: problem });
      }
      for (const query of MISTAKES) {
        const time = String(instants[5]);
        const problem = await ask('query', { query, time });
        report({ name: `refuses ${query}`, ok: !problem, detail: problem });
      }
      for (const [path, parameters] of LISTS) {
        const problem = await ask(path, {
          ...parameters,
          start: range.start,
          end: range.end,
        });
        report({ name: path, ok: !problem, detail: problem });
      }
    } finally {
      await server.stop();
    }
  },
};
