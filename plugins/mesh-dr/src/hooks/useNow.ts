import { useEffect, useState } from 'react';

/** The current time, ms, renewed every `everyMs`, for ages that grow while one looks at them. */
export function useNow(everyMs = 10_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
