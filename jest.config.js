/** Types are checked apart (`npm run typecheck`): a type-checking ts-jest takes seven times as long. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // Longer than the rest together: npm run test:permissions.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/permissions/'],
  globalSetup: '<rootDir>/test/global-setup.mjs',
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'test/tsconfig.json', diagnostics: false }] },
  testSequencer: '<rootDir>/test/sequencer.cjs',
  maxWorkers: 2,
};
