/** What a run needs of its permissions, shown by taking each away: test/permissions/mutation.ts. */
module.exports = {
  ...require('./jest.config.js'),
  roots: ['<rootDir>/test/permissions'],
  testPathIgnorePatterns: ['/node_modules/'],
};
