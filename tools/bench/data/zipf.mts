/** Gives one of its ranks (0 is the most frequent) for a random number from 0 up to 1. */
export type Sampler = (random: number) => number;

/** Ranks 0 to `count - 1`, the k-th with a frequency of 1/k (Zipf's law with exponent 1), in one step each. */
export function zipf(count: number): Sampler {
  return weighted(Array.from({ length: count }, (_, rank) => 1 / (rank + 1)));
}

/** Walker's alias method: each column holds its own rank up to a threshold and one other above it. */
export function weighted(weights: readonly number[]): Sampler {
  const count = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const height = weights.map((weight) => (weight / total) * count);
  const alias = new Uint32Array(count);
  const threshold = new Float64Array(count).fill(1);
  const low = [...height.keys()].filter((rank) => height[rank]! < 1);
  const high = [...height.keys()].filter((rank) => height[rank]! >= 1);
  while (low.length > 0 && high.length > 0) {
    const [poor, rich] = [low.pop()!, high.at(-1)!];
    threshold[poor] = height[poor]!;
    alias[poor] = rich;
    height[rich] = height[rich]! - (1 - height[poor]!);
    if (height[rich] < 1) low.push(high.pop()!);
  }
  return (random) => {
    const place = random * count;
    const column = Math.floor(place);
    return place - column < threshold[column]! ? column : alias[column]!;
  };
}
