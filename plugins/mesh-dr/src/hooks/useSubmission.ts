import { useCallback, useState } from 'react';

export interface Submission {
  /** While it runs. */
  pending: boolean;
  /** Why the latest run failed. */
  error?: Error;
  /** Runs something that was asked for by a button; never rejects. */
  submit: (run: () => Promise<void>) => Promise<void>;
  setError: (error: Error | undefined) => void;
}

/** What a form shows of the thing that its button does. */
export function useSubmission(): Submission {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<Error>();
  const submit = useCallback(async (run: () => Promise<void>) => {
    setPending(true);
    setError(undefined);
    try {
      await run();
    } catch (e) {
      setError(e as Error);
    } finally {
      setPending(false);
    }
  }, []);
  return { pending, error, submit, setError };
}
