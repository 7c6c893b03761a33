const { join } = require('node:path');

/** Types are checked apart (`npm run typecheck`): a type-checking ts-jest takes seven times as long. */
const project = (displayName, rootDir, options = {}) => ({
  displayName,
  rootDir: join(__dirname, rootDir),
  roots: ['<rootDir>/test'],
  testEnvironment: 'node',
  // Packages of this repository are imported as their sources.
  testEnvironmentOptions: { customExportConditions: ['workspace', 'node', 'node-addons'] },
  testMatch: ['**/*.test.ts'],
  globalSetup: join(__dirname, 'test/global-setup.mjs'),
  transform: {
    '^.+\\.ts$': ['ts-jest', { tsconfig: join(__dirname, 'test/tsconfig.jest.json'), diagnostics: false }],
  },
  ...options,
});

module.exports = {
  projects: [
    // The ignored ones take minutes each: jest.long.config.js.
    project('app', '.', {
      testPathIgnorePatterns: [
        '/node_modules/',
        '/test/(changes|delivery|deployments|hardening|matrix|models|package|permissions)/',
      ],
    }),
    project('local-cloud', 'packages/local-cloud', {
      testPathIgnorePatterns: ['/node_modules/', '/test/hardening/'],
    }),
    project('aws-schedules', 'packages/aws-schedules'),
  ],
  // A hang ends here; nothing else limits how long a test takes, and machines differ.
  testTimeout: 240_000,
  testSequencer: join(__dirname, 'test/sequencer.cjs'),
  // More than processors: much of a whole run is waiting.
  maxWorkers: 3,
};
