/** Angular's specs: jsdom and the Angular compiler; no database and no ESM mode, unlike the services. */
module.exports = {
  preset: 'jest-preset-angular',
  displayName: 'agent-workbench',
  setupFilesAfterEnv: ['<rootDir>/test/setup.ts'],
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  transform: {
    '^.+\\.(ts|js|mjs|html|svg)$': [
      'jest-preset-angular',
      { tsconfig: '<rootDir>/tsconfig.json', stringifyContentPathRegex: '\\.(html|svg)$' },
    ],
  },
  // The contract's TypeScript names its neighbours as Node will find them, `./x.js`.
  moduleNameMapper: { '^(\\.{1,2}/.*\\.contract|\\./query-parts)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['@chat-history/source', 'browser'] },
  transformIgnorePatterns: ['node_modules/(?!.*\\.mjs$|@mdi/js|tslib)'],
  maxWorkers: 2,
  testTimeout: 60_000,
};
