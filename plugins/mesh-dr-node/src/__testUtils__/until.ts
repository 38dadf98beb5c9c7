/** Resolves as soon as `condition` holds; rejects with what it saw last after `ms`. */
export async function until(
  condition: () => boolean,
  what: string,
  ms = 5_000,
): Promise<void> {
  const end = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`Not within ${ms} ms: ${what}`);
    await new Promise(resolve => {
      setTimeout(resolve, 5);
    });
  }
}
