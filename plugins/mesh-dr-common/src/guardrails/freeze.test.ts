import { activeFreeze, parseFreezeWindow } from './freeze';

const at = (text: string) => new Date(text);

describe('freeze windows', () => {
  const sales = parseFreezeWindow({
    reason: 'Double Eleven',
    from: '2026-11-10T00:00:00+08:00',
    to: '2026-11-12T00:00:00+08:00',
  });
  const nights = parseFreezeWindow({
    reason: 'nobody is up',
    weekdays: ['Friday', 'saturday'],
    start: '22:00',
    end: '06:00',
    timezone: 'Asia/Shanghai',
  });
  const sundays = parseFreezeWindow({
    reason: 'closed',
    weekdays: ['sunday'],
    timezone: 'America/New_York',
  });

  it.each([
    ['2026-11-09T15:59:59Z', undefined],
    ['2026-11-09T16:00:00Z', 'Double Eleven'],
    ['2026-11-11T15:59:59Z', 'Double Eleven'],
    ['2026-11-11T16:00:00Z', undefined],
    // Friday 22:00 in Shanghai is 14:00 in Greenwich.
    ['2026-11-20T13:59:00Z', undefined],
    ['2026-11-20T14:00:00Z', 'nobody is up'],
    ['2026-11-20T21:59:00Z', 'nobody is up'],
    ['2026-11-20T22:00:00Z', undefined],
    // The night that began on Saturday ends on Sunday; Sunday's own night is free.
    ['2026-11-21T21:00:00Z', 'nobody is up'],
    ['2026-11-23T03:00:00Z', 'closed'],
    ['2026-11-23T05:00:00Z', undefined],
    // New York is an hour nearer to Greenwich in summer.
    ['2026-07-12T03:30:00Z', undefined],
    ['2026-07-12T04:00:00Z', 'closed'],
    ['2026-07-13T03:59:00Z', 'closed'],
  ])('at %s: %s', (moment, reason) => {
    const found = activeFreeze([sales, nights, sundays], at(moment));
    expect(found?.window.reason).toBe(reason);
  });

  it('says until when', () => {
    expect(activeFreeze([sales], at('2026-11-11T00:00:00Z'))!.until).toBe(
      '2026-11-11T16:00:00.000Z',
    );
    expect(activeFreeze([nights], at('2026-11-20T15:00:00Z'))!.until).toBe(
      '06:00 Asia/Shanghai',
    );
  });

  it.each([
    [{ weekdays: ['monday'] }, 'reason is missing'],
    [{ reason: 'r' }, 'from is missing'],
    [{ reason: 'r', from: '2026-11-10', to: '2026-11-11' }, 'with its offset'],
    [
      {
        reason: 'r',
        from: '2026-11-11T00:00:00Z',
        to: '2026-11-10T00:00:00Z',
      },
      'not after from',
    ],
    [{ reason: 'r', weekdays: [] }, 'weekdays is empty'],
    [{ reason: 'r', weekdays: ['mon'] }, "names 'mon'"],
    [{ reason: 'r', weekdays: ['monday'], timezone: 'Moon/Sea' }, 'Moon/Sea'],
    [{ reason: 'r', weekdays: ['monday'], start: '8:00' }, "start is '8:00'"],
    [{ reason: 'r', weekdays: ['monday'], end: '24:30' }, "end is '24:30'"],
    [{ reason: 'r', weekdays: ['monday'], end: '12:60' }, "end is '12:60'"],
    [
      { reason: 'r', weekdays: ['monday'], start: '08:00', end: '08:00' },
      'leaves no time between',
    ],
  ])('refuses %j', (config, message) => {
    expect(() => parseFreezeWindow(config)).toThrow(message);
  });
});
