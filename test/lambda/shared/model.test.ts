import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readModelFacts } from '../../../lambda/shared/model';
import { modelFacts } from '../../../lib/config';
import { MODEL_FILE } from '../../../lib/contract/model';
import { local } from '../../support/configs';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'function-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('the facts are those that the construct wrote', () => {
  writeFileSync(join(folder, MODEL_FILE), JSON.stringify(modelFacts(local)));
  expect(readModelFacts(folder)).toEqual(modelFacts(local));
});

test.each([undefined, '{"name":'])('a file with %j is an error that names it', (text) => {
  if (text !== undefined) writeFileSync(join(folder, MODEL_FILE), text);
  expect(() => readModelFacts(folder)).toThrow(`${join(folder, MODEL_FILE)} cannot be read`);
});
