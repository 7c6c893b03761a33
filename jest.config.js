/** Types are checked apart (`npm run typecheck`): a type-checking ts-jest takes seven times as long. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // Minutes each: npm run test:permissions, npm run test:delivery.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/(permissions|delivery)/'],
  globalSetup: '<rootDir>/test/global-setup.mjs',
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'test/tsconfig.json', diagnostics: false }] },
  testSequencer: '<rootDir>/test/sequencer.cjs',
  // A hang ends here; how long anything may take is nowhere a test's matter, and machines differ.
  testTimeout: 240_000,
  // More than processors: much of a whole run is waiting.
  maxWorkers: 3,
};
