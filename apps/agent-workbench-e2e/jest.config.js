/** One system, one browser at a time: two cores are busy with one. */
module.exports = {
  preset: '../../jest.preset.js',
  displayName: 'agent-workbench-e2e',
  maxWorkers: 1,
  testTimeout: 60_000,
};
