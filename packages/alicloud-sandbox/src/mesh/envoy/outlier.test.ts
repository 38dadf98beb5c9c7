import { OutlierDetector } from './outlier';

const SETTINGS = {
  consecutive5xx: 1,
  consecutiveGateway: 0,
  splitLocalOrigin: false,
  consecutiveLocalOrigin: 5,
  intervalMs: 1000,
  baseEjectionMs: 60_000,
  maxEjectionMs: 300_000,
  maxEjectionPercent: 100,
  strictCap: true,
};

function detector(change: Partial<typeof SETTINGS> = {}) {
  let now = 0;
  let changes = 0;
  const subject = new OutlierDetector({ ...SETTINGS, ...change }, () => now, {
    before: () => undefined,
    changed: () => {
      changes++;
    },
  });
  subject.setHosts(['a', 'b']);
  return {
    subject,
    changes: () => changes,
    at(ms: number) {
      now = ms;
      subject.sweep();
      return subject;
    },
  };
}
const FAILED = { kind: 'http', status: 503 } as const;

describe('OutlierDetector', () => {
  it('E12: re-tests a dead host at 60, 180, 360, 600, 900 s and then every 300 s', () => {
    const { at } = detector();
    const tests: number[] = [];
    for (let second = 0; second <= 1800; second++) {
      const subject = at(second * 1000);
      if (!subject.isEjected('a')) {
        tests.push(second);
        subject.record('a', FAILED);
      }
    }
    expect(tests).toEqual([0, 60, 180, 360, 600, 900, 1200, 1500, 1800]);
  });

  it('forgets the longer ejections while the host stays healthy', () => {
    const { at } = detector();
    at(0).record('a', FAILED);
    at(60_000).record('a', FAILED);
    expect(at(120_000).isEjected('a')).toBe(true);
    expect(at(180_000).isEjected('a')).toBe(false);
    at(200_000).record('a', FAILED);
    expect(at(259_000).isEjected('a')).toBe(true);
    expect(at(260_000).isEjected('a')).toBe(false);
  });

  it('needs errors in a row, and counts them from the last good answer', () => {
    const { subject } = detector({ consecutive5xx: 3 });
    for (const status of [500, 503, 200, 500, 503]) {
      subject.record('a', { kind: 'http', status });
    }
    expect(subject.isEjected('a')).toBe(false);
    subject.record('a', { kind: 'connect-failed' });
    expect(subject.isEjected('a')).toBe(true);
  });

  it('counts gateway errors apart from other 5xx', () => {
    const { subject } = detector({ consecutive5xx: 0, consecutiveGateway: 2 });
    for (const status of [503, 500, 504]) {
      subject.record('a', { kind: 'http', status });
    }
    expect(subject.isEjected('a')).toBe(false);
    subject.record('a', { kind: 'timeout' });
    expect(subject.isEjected('a')).toBe(true);
  });

  it('counts connection failures apart when told to', () => {
    const { subject } = detector({
      splitLocalOrigin: true,
      consecutiveLocalOrigin: 2,
    });
    subject.record('a', { kind: 'connect-failed' });
    expect(subject.isEjected('a')).toBe(false);
    subject.record('a', { kind: 'connect-failed' });
    expect(subject.isEjected('a')).toBe(true);
  });

  it('counts what the cap forbade, and asks again at the next error', () => {
    const { subject } = detector({ maxEjectionPercent: 10 });
    subject.record('a', FAILED);
    subject.record('a', FAILED);
    expect(subject.ejectedCount).toBe(0);
    expect(subject.overflow).toBe(2);
    subject.setHosts(Array.from({ length: 10 }, (_, i) => `h${i}`).concat('a'));
    subject.record('a', FAILED);
    expect(subject.isEjected('a')).toBe(true);
  });

  it('a host that EDS removed and added again has no history', () => {
    const { subject, changes } = detector();
    subject.record('a', FAILED);
    expect([subject.ejectedCount, changes()]).toEqual([1, 1]);
    subject.setHosts(['b']);
    expect(subject.ejectedCount).toBe(0);
    subject.setHosts(['a', 'b']);
    expect(subject.isEjected('a')).toBe(false);
  });
});
