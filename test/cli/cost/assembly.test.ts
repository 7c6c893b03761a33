import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dev, prod } from '../../support/configs';
import { pipelineResources } from '../../../cli/cost/assembly';
import { UsageError } from '../../../cli/errors';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'assembly-'))));
afterEach(() => rmSync(directory, { recursive: true }));

test('without a cloud assembly, the environment is synthesised with its triggers', async () => {
  const types = new Set((await pipelineResources(dev)).map(({ type }) => type));
  expect([...types]).toEqual(
    expect.arrayContaining(['AWS::KMS::Key', 'AWS::Scheduler::Schedule', 'AWS::ApiGateway::RestApi']),
  );
});

test('all templates of the environment in a cloud assembly are read', async () => {
  for (const [stack, Type] of [
    ['table-prod/a', 'AWS::A::A'],
    ['table-prod/b', 'AWS::B::B'],
    ['table-dev/c', 'AWS::C::C'],
  ] as const) {
    const [stage, name] = stack.split('/');
    mkdirSync(join(directory, `assembly-${stage}`), { recursive: true });
    const template = { Resources: { One: { Type }, Two: { Type, Properties: { Size: 1 } } } };
    writeFileSync(join(directory, `assembly-${stage}`, `${name}.template.json`), JSON.stringify(template));
  }
  expect(await pipelineResources(prod, directory)).toEqual(
    ['AWS::A::A', 'AWS::B::B'].flatMap((type) => [
      { type, properties: {} },
      { type, properties: { Size: 1 } },
    ]),
  );
});

test('a folder without the environment is refused', async () => {
  const reading = pipelineResources(prod, directory);
  await expect(reading).rejects.toThrow(UsageError);
  await expect(reading).rejects.toThrow(
    `--assembly is "${directory}"; it has no folder assembly-table-prod; name the output of cdk synth, or leave the option out.`,
  );
});
