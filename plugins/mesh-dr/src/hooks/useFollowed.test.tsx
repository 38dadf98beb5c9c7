import { TestApiProvider } from '@backstage/frontend-test-utils';
import { signalApiRef, type SignalApi } from '@backstage/plugin-signals-react';
import { render, screen, waitFor } from '@testing-library/react';
import { useFollowed } from './useFollowed';

const NEVER_MS = 10_000_000;

describe('useFollowed', () => {
  let asked: number;
  const load = async () => ++asked;
  function Page() {
    return <p>answer {useFollowed(load, 'm1', NEVER_MS).value}</p>;
  }

  beforeEach(() => {
    asked = 0;
  });

  it('asks when its mesh changed, together for many signals, and not for other meshes', async () => {
    const listeners = new Set<(message: any) => void>();
    const signals: SignalApi = {
      subscribe: (channel, onMessage) => {
        expect(channel).toBe('mesh-dr');
        listeners.add(onMessage);
        return { unsubscribe: () => listeners.delete(onMessage) };
      },
    };
    const send = (...meshIds: string[]) =>
      listeners.forEach(listener => listener({ meshIds }));
    const { unmount } = render(
      <TestApiProvider apis={[[signalApiRef, signals]]}>
        <Page />
      </TestApiProvider>,
    );
    await screen.findByText('answer 1');
    send('m2');
    send('m1');
    send('m1', 'm2');
    await screen.findByText('answer 2');
    send('m1');
    await waitFor(() => screen.getByText('answer 3'), { timeout: 3_000 });
    expect(asked).toBe(3);
    unmount();
    expect(listeners.size).toBe(0);
  });

  it('does without signals', async () => {
    render(
      <TestApiProvider apis={[]}>
        <Page />
      </TestApiProvider>,
    );
    expect(await screen.findByText('answer 1')).toBeInTheDocument();
  });
});
