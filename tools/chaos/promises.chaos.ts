interface Outcome {
  readonly seed: number;
  readonly results: readonly { readonly fault: string; readonly broken: readonly string[] }[];
}

const { seed, results } = JSON.parse(process.env['CHAOS_OUTCOME'] ?? '') as Outcome;

describe(`what clients were told is in the history (npm run chaos -- --short --seed ${seed})`, () => {
  it.each(results)('$fault', ({ broken }) => {
    expect(broken).toEqual([]);
  });
});
