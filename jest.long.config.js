/** Tests that take minutes each, a folder a script: `npm run test:permissions`, `npm run test:delivery`. */
module.exports = {
  ...require('./jest.config.js'),
  roots: ['<rootDir>/test/permissions', '<rootDir>/test/delivery'],
  testPathIgnorePatterns: ['/node_modules/'],
};
