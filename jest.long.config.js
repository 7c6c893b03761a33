const { projects, ...shared } = require('./jest.config.js');

/** Tests that take minutes each, a folder a script: `npm run test:permissions`, `npm run test:delivery`, `npm run
 * test:package`. */
module.exports = {
  ...shared,
  projects: [
    {
      ...projects[0],
      roots: ['<rootDir>/test/permissions', '<rootDir>/test/delivery', '<rootDir>/test/package'],
      testPathIgnorePatterns: ['/node_modules/'],
    },
  ],
};
