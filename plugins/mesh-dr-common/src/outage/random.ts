/** Numbers in [0, 1) that hang on the seed alone, so that equal questions get equal answers. */
export function seededRandom(seed: number): () => number {
  // A linear congruential generator modulo 2^32 in two halves; its high bits are random enough for drawing hosts.
  let state = Math.trunc(seed) % 4294967296;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    const high = Math.floor(state / 65536);
    state = (state * 1664525 + 1013904223) % 4294967296;
    return (high * 65536 + Math.floor(state / 65536)) / 4294967296;
  };
}
