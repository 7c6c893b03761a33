import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { supported, supportedTables } from '../../src/testing';

test('SUPPORTED.md matches the code (npm run supported -w local-cloud)', () => {
  expect(readFileSync(join(__dirname, '../../SUPPORTED.md'), 'utf8')).toBe(supportedTables());
});

test('operations and types are those of the services', () => {
  const { operations, resourceTypes } = supported();
  expect(operations.sts).toEqual(['AssumeRole', 'GetCallerIdentity']);
  expect(resourceTypes).toContain('AWS::S3::Bucket');
  expect(resourceTypes).toEqual([...resourceTypes].sort());
});
