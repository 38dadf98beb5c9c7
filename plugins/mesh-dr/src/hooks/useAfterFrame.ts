import { startTransition, useEffect, useState } from 'react';

/**
 * False in the frame in which the component appears, true soon after that frame is on the screen: what a reader does not
 * look at first need not hold up what they do. What is drawn then is drawn in slices, so that presses come before it.
 */
export function useAfterFrame(): boolean {
  const [after, setAfter] = useState(false);
  useEffect(() => {
    // Work begun in a frame callback is done once that frame is painted.
    const frame = requestAnimationFrame(() =>
      startTransition(() => setAfter(true)),
    );
    return () => cancelAnimationFrame(frame);
  }, []);
  return after;
}
