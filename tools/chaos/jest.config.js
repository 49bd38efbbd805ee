/** The short form of the harness as specs: run by itself (`nx run tools:chaos`), because it needs the whole machine. */
module.exports = {
  preset: '../../jest.preset.js',
  displayName: 'chaos',
  testMatch: ['<rootDir>/promises.chaos.ts'],
  globalSetup: '<rootDir>/jest-global-setup.mjs',
};
