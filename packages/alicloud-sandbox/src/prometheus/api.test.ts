import { answerApi } from './api';
import { Parameters } from './parameters';
import { count, labelsOf, load } from './promql/__testUtils__/load';

const store = load(15, {
  'istio_requests_total{destination_version="v1",reporter="source"}': count(
    0,
    30,
    41,
  ),
  'istio_requests_total{destination_version="v2",reporter="source"}': count(
    0,
    15,
    41,
  ),
  'up{pod="a"}': count(1, 0, 10),
});
store.append(store.series('other', labelsOf('up{pod="z"}')), 600_000, 1);

async function ask(
  path: string,
  parameters: Record<string, string> | [string, string][] = {},
  scope?: string,
): Promise<{ status: number; body: any }> {
  const answer = await answerApi(store, {
    path,
    parameters: new Parameters(new URLSearchParams(parameters)),
    scope,
    now: 600_000,
  });
  return JSON.parse(JSON.stringify(answer));
}

describe("Prometheus' API", () => {
  it('answers instant queries of all types', async () => {
    expect(
      await ask('query', {
        query:
          'sum by (destination_version) (rate(istio_requests_total{reporter="source"}[1m]))',
        time: '300.5',
      }),
    ).toEqual({
      status: 200,
      body: {
        status: 'success',
        data: {
          resultType: 'vector',
          result: [
            { metric: { destination_version: 'v1' }, value: [300.5, '2'] },
            { metric: { destination_version: 'v2' }, value: [300.5, '1'] },
          ],
        },
      },
    });
    const data = async (query: string) =>
      (await ask('query', { query, time: '1970-01-01T00:10:00Z' })).body.data;
    expect(await data('1 / 0')).toEqual({
      resultType: 'scalar',
      result: [600, '+Inf'],
    });
    expect(await data('"x"')).toEqual({
      resultType: 'string',
      result: [600, 'x'],
    });
    expect(await data('up{pod="a"}[8m]')).toEqual({
      resultType: 'matrix',
      result: [{ metric: { __name__: 'up', pod: 'a' }, values: [[135, '1']] }],
    });
    expect(await data('NaN')).toMatchObject({ result: [600, 'NaN'] });
  });

  it('answers range queries', async () => {
    const { body } = await ask('query_range', {
      query: 'sum(increase(istio_requests_total[1m]))',
      start: '540',
      end: '1970-01-01T00:10:00.000Z',
      step: '30s',
    });
    expect(body.data).toEqual({
      resultType: 'matrix',
      result: [
        {
          metric: {},
          values: [
            [540, '180'],
            [570, '180'],
            [600, '180'],
          ],
        },
      ],
    });
  });

  it('keeps meshes apart, and shows all together', async () => {
    const pods = async (scope?: string) =>
      (await ask('label/pod/values', {}, scope)).body.data;
    expect(await pods('mesh')).toEqual(['a']);
    expect(await pods('other')).toEqual(['z']);
    expect(await pods()).toEqual(['a', 'z']);
    expect(
      (await ask('query', { query: 'up' }, 'mesh')).body.data.result,
    ).toEqual([]);
    expect(
      (await ask('query', { query: 'up' }, 'other')).body.data.result,
    ).toHaveLength(1);
  });

  it('lists series, labels and metadata', async () => {
    expect(
      (
        await ask('series', [
          ['match[]', 'up'],
          ['match[]', '{pod="a"}'],
          ['end', '200'],
        ])
      ).body.data,
    ).toEqual([{ __name__: 'up', pod: 'a' }]);
    expect((await ask('labels', { 'match[]': 'up' })).body.data).toEqual([
      '__name__',
      'pod',
    ]);
    expect((await ask('label/__name__/values')).body.data).toEqual([
      'istio_requests_total',
      'up',
    ]);
    expect(
      (await ask('label/__name__/values', { limit: '1' })).body,
    ).toMatchObject({
      data: ['istio_requests_total'],
      warnings: ['results truncated due to limit'],
    });
    expect(
      (await ask('metadata', { metric: 'istio_requests_total' })).body.data,
    ).toEqual({
      istio_requests_total: [{ type: 'counter', help: '', unit: '' }],
    });
  });

  it.each([
    [
      'query',
      {},
      400,
      'bad_data',
      'invalid parameter "query": 1:1: parse error: no expression found in input',
    ],
    [
      'query',
      { query: 'nope(up)' },
      400,
      'bad_data',
      'invalid parameter "query": 1:1: parse error: unknown function with name "nope"',
    ],
    [
      'query',
      { query: 'up', time: 'noon' },
      400,
      'bad_data',
      'invalid parameter "time": cannot parse "noon" to a valid timestamp',
    ],
    [
      'query',
      { query: 'istio_requests_total + on() istio_requests_total' },
      422,
      'execution',
      'found duplicate series',
    ],
    [
      'query_range',
      { query: 'up', end: '1', step: '1' },
      400,
      'bad_data',
      'invalid parameter "start": cannot parse "" to a valid timestamp',
    ],
    [
      'query_range',
      { query: 'up', start: '2', end: '1', step: '1' },
      400,
      'bad_data',
      'invalid parameter "end": end timestamp must not be before start time',
    ],
    [
      'query_range',
      { query: 'up', start: '1', end: '2', step: '0' },
      400,
      'bad_data',
      'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
    ],
    [
      'query_range',
      { query: 'up', start: '1', end: '2', step: 'x' },
      400,
      'bad_data',
      'invalid parameter "step": cannot parse "x" to a valid duration',
    ],
    [
      'query_range',
      { query: 'up', start: '0', end: '11001', step: '1' },
      400,
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    ],
    [
      'query_range',
      { query: 'up[1m]', start: '0', end: '1', step: '1' },
      400,
      'bad_data',
      'invalid parameter "query": invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    ],
    [
      'query_range',
      { query: 'up', start: '0', end: '11000', step: '1', timeout: '0s' },
      503,
      'timeout',
      'query timed out in expression evaluation',
    ],
    ['series', {}, 400, 'bad_data', 'no match[] parameter provided'],
    [
      'series',
      { 'match[]': 'sum(up)' },
      400,
      'bad_data',
      'invalid parameter "match[]"',
    ],
    ['label/1x/values', {}, 400, 'bad_data', 'invalid label name: "1x"'],
    ['write', {}, 404, 'not_found', 'no such endpoint'],
  ])('refuses %s %j', async (path, parameters, status, errorType, message) => {
    const answer = await ask(path, parameters as Record<string, string>);
    expect(answer).toEqual({
      status,
      body: {
        status: 'error',
        errorType,
        error: expect.stringContaining(message),
      },
    });
  });
});
