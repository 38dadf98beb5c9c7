import type { Shape } from '../openapi/contracts';
import { departures } from './conformance';

const shape: Shape = {
  RequestId: 'string',
  NextToken: 'string',
  Vpcs: { Vpc: [{ VpcId: 'string', OwnerId: 'long', Zone: 'string' }] },
  Labels: { '*': 'string' },
};
const good = {
  RequestId: 'r',
  Vpcs: { Vpc: [{ VpcId: 'vpc-1', OwnerId: 1250123456123456, Zone: 'a' }] },
  Labels: { any: 'thing' },
};

describe('departures from a documented answer', () => {
  it('are none when every key is there with its type', () => {
    expect(departures(shape, good)).toEqual([]);
    expect(departures(shape, { ...good, NextToken: 't' })).toEqual([]);
  });

  it.each([
    [{ ...good, RequestId: undefined }, 'RequestId: a string is expected'],
    [{ Vpcs: good.Vpcs, Labels: {} }, 'RequestId: documented, not sent'],
    [{ ...good, Extra: 1 }, 'Extra: sent, not documented'],
    [{ ...good, Vpcs: [] }, 'Vpcs: an object is documented, not a list'],
    [
      { ...good, Vpcs: { Vpc: {} } },
      'Vpcs.Vpc: a list is documented, not a value of type object',
    ],
    [
      { ...good, Vpcs: { Vpc: [{ VpcId: 'vpc-1', OwnerId: '1', Zone: 'a' }] } },
      'Vpcs.Vpc[].OwnerId: a long is expected',
    ],
    [{ ...good, Labels: { any: 1 } }, 'Labels.any: a string is expected'],
    [{ ...good, Labels: null }, 'Labels: an object is documented, not null'],
  ])('are named: %j', (answer, expected) => {
    expect(departures(shape, answer).join('\n')).toContain(expected);
  });

  it('are forgiven where the cloud itself departs', () => {
    const answer = {
      ...good,
      Vpcs: { Vpc: [{ VpcId: 'v', OwnerId: 1 }] },
      X: 1,
    };
    expect(
      departures(shape, answer, {
        optional: ['Vpcs.Vpc[].Zone'],
        undocumented: ['X'],
      }),
    ).toEqual([]);
  });
});
