import { readArguments } from './arguments.mts';

describe('the arguments of npm run bench', () => {
  it('are a million messages and every figure when there are none', () => {
    expect(readArguments([])).toEqual({
      ...{ size: '1M', quick: false, only: [], seed: 20_261_122, jsonFile: undefined, isBuilt: false },
    });
  });

  it('are read', () => {
    const args = ['--size', '10M', '--only', 'search,count', '--seed', '7', '--json', 'a.json', '--built'];
    expect(readArguments(args)).toEqual({
      ...{ size: '10M', quick: false, only: ['search', 'count'], seed: 7, jsonFile: 'a.json', isBuilt: true },
    });
    expect(readArguments(['--quick'])).toMatchObject({ size: '100k', quick: true });
  });

  it.each([
    [['--size', '2M']],
    [['--size', 'toString']],
    [['--quick', '--size', '10M']],
    [['--seed', '-1']],
    [['--seed', '1.5']],
    [['--fast']],
  ])('are refused with the usage: %j', (args) => {
    expect(() => readArguments(args)).toThrow('usage: npm run bench');
  });
});
