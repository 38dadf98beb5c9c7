/** Polls until `probe` gives something truthy; the error names what was waited for and the last reason. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  timeoutMs: number,
  intervalMs = 300,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last = 'condition not met';
  for (;;) {
    try {
      const value = await probe();
      if (value) return value;
    } catch (error) {
      last = (error as Error).message;
    }
    if (Date.now() > deadline) {
      throw new Error(
        `${what}: not within ${timeoutMs / 1000} s (last: ${last})`,
      );
    }
    await new Promise(resolve => {
      setTimeout(resolve, intervalMs);
    });
  }
}
