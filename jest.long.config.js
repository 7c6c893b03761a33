const { projects, ...shared } = require('./jest.config.js');

/** Folders of tests that take minutes each, a script for each: `npm run test:permissions`. */
const LONG = [
  'changes',
  'delivery',
  'deployments',
  'hardening',
  'matrix',
  'models',
  'package',
  'permissions',
];

module.exports = {
  ...shared,
  projects: [
    {
      ...projects[0],
      roots: [
        ...LONG.map((folder) => `<rootDir>/test/${folder}`),
        '<rootDir>/packages/local-cloud/test/hardening',
      ],
      testPathIgnorePatterns: ['/node_modules/'],
    },
  ],
};
