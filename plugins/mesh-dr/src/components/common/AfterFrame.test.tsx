import { act, render, screen } from '@testing-library/react';
import { AfterFrame } from './AfterFrame';

describe('AfterFrame', () => {
  let frames: FrameRequestCallback[];
  const cancelled = jest.fn();

  beforeEach(() => {
    frames = [];
    cancelled.mockReset();
    jest
      .spyOn(window, 'requestAnimationFrame')
      .mockImplementation(callback => frames.push(callback));
    jest.spyOn(window, 'cancelAnimationFrame').mockImplementation(cancelled);
  });

  afterEach(() => jest.restoreAllMocks());

  it('draws the fallback until a frame has come', () => {
    render(<AfterFrame fallback="shape">whole</AfterFrame>);
    expect(screen.getByText('shape')).toBeInTheDocument();
    expect(screen.queryByText('whole')).not.toBeInTheDocument();
    act(() => frames.forEach(frame => frame(0)));
    expect(screen.getByText('whole')).toBeInTheDocument();
    expect(screen.queryByText('shape')).not.toBeInTheDocument();
  });

  it('waits for no frame once it is gone', () => {
    const { unmount } = render(<AfterFrame fallback="">whole</AfterFrame>);
    unmount();
    expect(cancelled).toHaveBeenCalledWith(frames.length);
  });
});
