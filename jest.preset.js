/**
 * How every Node project is tested: TypeScript through swc, libraries by their source (the condition
 * `@chat-history/source`), and one PostgreSQL for all spec files that ask for a database.
 */
module.exports = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@chat-history/source', 'node', 'node-addons'] },
  moduleFileExtensions: ['js', 'ts', 'mts', 'mjs', 'cjs', 'json', 'node'],
  // Sources name each other as Node will find them, by `.js`; here only the `.ts` is there.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testMatch: ['<rootDir>/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: {
    '^.+\\.m?ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2024',
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  setupFiles: process.env.FUZZ_SEED ? [`${__dirname}/tools/fuzz/seed.ts`] : [],
  globalSetup: `${__dirname}/tools/postgres/jest-global-setup.mjs`,
  globalTeardown: `${__dirname}/tools/postgres/jest-global-teardown.mjs`,
  maxWorkers: 2,
  // Of a machine that much else keeps busy; nothing is slow here of itself.
  testTimeout: 60_000,
};
