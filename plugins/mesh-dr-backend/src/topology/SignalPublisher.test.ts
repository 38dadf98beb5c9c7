import { SignalPublisher } from './SignalPublisher';

describe('SignalPublisher', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('tells once what changed often, and everything that changed meanwhile', () => {
    const publish = jest.fn(async (_: object) => {});
    const signals = new SignalPublisher({ publish }, 500);
    for (let count = 0; count < 100; count++) {
      signals.meshChanged('m1');
      signals.environmentChanged('guide');
      signals.meshChanged('m2');
    }
    expect(publish).not.toHaveBeenCalled();
    jest.advanceTimersByTime(500);
    expect(publish.mock.calls).toEqual([
      [
        {
          channel: 'mesh-dr',
          recipients: { type: 'broadcast' },
          message: { meshIds: ['m1', 'm2'], environments: ['guide'] },
        },
      ],
    ]);

    signals.meshChanged('m2');
    jest.advanceTimersByTime(500);
    expect(publish).toHaveBeenCalledTimes(2);
    expect(publish.mock.calls[1][0]).toMatchObject({
      message: { meshIds: ['m2'], environments: [] },
    });
    jest.advanceTimersByTime(10_000);
    expect(publish).toHaveBeenCalledTimes(2);
  });

  it('goes on after a signal that could not be published', async () => {
    const publish = jest.fn(async (_: object) => {
      throw new Error('no broker');
    });
    const signals = new SignalPublisher({ publish }, 500);
    signals.meshChanged('m1');
    await jest.advanceTimersByTimeAsync(500);
    signals.meshChanged('m1');
    await jest.advanceTimersByTimeAsync(500);
    expect(publish).toHaveBeenCalledTimes(2);
  });

  it('says nothing any more once it is stopped', () => {
    const publish = jest.fn(async (_: object) => {});
    const signals = new SignalPublisher({ publish }, 500);
    signals.meshChanged('m1');
    signals.stop();
    signals.environmentChanged('guide');
    jest.advanceTimersByTime(10_000);
    expect(publish).not.toHaveBeenCalled();
  });
});
