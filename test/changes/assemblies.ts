import { App } from 'aws-cdk-lib';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { context } from '../../cdk.json';
import { pipelineId, validateConfig, type PipelineConfig } from '../../lib/config';
import { PipelineStage } from '../../lib/stacks/pipeline-stage';

/**
 * Validates and synthesises a configuration, as `bin/app.ts` does.
 *
 * @returns the folder of the stage's assembly
 */
export function synthesise(config: PipelineConfig, outdir: string): string {
  process.env.CDK_VALIDATION = 'false';
  const app = new App({ outdir, context });
  const id = pipelineId(config);
  new PipelineStage(app, id, { config: validateConfig(config), gitCommit: 'c0ffee' });
  app.synth();
  return join(outdir, `assembly-${id}`);
}

interface Artifact {
  readonly type: string;
  readonly properties: { stackName?: string; templateFile?: string };
}

interface Manifest {
  readonly artifacts: Record<string, Artifact>;
}

let copies = 0;

/** Copies an assembly with a changed manifest; assets are in the folder above. */
function copied(assembly: string, edit: (manifest: Manifest, folder: string) => void): string {
  const folder = join(dirname(assembly), `${basename(assembly)}-${++copies}`);
  cpSync(assembly, folder, { recursive: true });
  const file = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  edit(manifest, folder);
  writeFileSync(file, JSON.stringify(manifest));
  return folder;
}

/** Returns the assembly with some of its stacks, as `cdk deploy --exclusively` takes them. */
export function only(assembly: string, stacks: readonly string[]): string {
  return copied(assembly, ({ artifacts }) => {
    for (const [id, { type, properties }] of Object.entries(artifacts))
      if (
        type === 'aws:cloudformation:stack' &&
        !stacks.some((each) => properties.stackName!.includes(`-${each}`))
      )
        delete artifacts[id];
  });
}

interface Template {
  readonly Resources: Record<string, object>;
}

/**
 * Returns the assembly with a stack that fails when all of its resources have been created and changed: its last one is
 * a parameter whose name is taken.
 */
export function failingAtTheEnd(assembly: string, stack: string, takenName: string): string {
  return copied(assembly, ({ artifacts }, folder) => {
    const { properties } = Object.values(artifacts).find(
      ({ type, properties: { stackName } }) =>
        type === 'aws:cloudformation:stack' && stackName!.endsWith(`-${stack}`),
    )!;
    const template = JSON.parse(readFileSync(join(folder, properties.templateFile!), 'utf8')) as Template;
    template.Resources.Taken = {
      Type: 'AWS::SSM::Parameter',
      Properties: { Type: 'String', Name: takenName, Value: 'x' },
      DependsOn: Object.keys(template.Resources),
    };
    // Another name than that of the template which the bucket of assets may have.
    const templateFile = `Failing${copies}.template.json`;
    writeFileSync(join(folder, templateFile), JSON.stringify(template));
    renameTemplate(folder, properties, templateFile);
  });
}

/** Names another file of a template in the stack's artifact and among the assets, under a key of its own. */
function renameTemplate(
  folder: string,
  properties: Artifact['properties'] & { stackTemplateAssetObjectUrl?: string },
  templateFile: string,
): void {
  const before = properties.templateFile!;
  const key = /\/([^/]+)$/.exec(properties.stackTemplateAssetObjectUrl!)![1]!;
  const assets = join(folder, before.replace('.template.json', '.assets.json'));
  const text = readFileSync(assets, 'utf8');
  writeFileSync(assets, text.replaceAll(before, templateFile).replaceAll(`"${key}"`, `"${templateFile}"`));
  Object.assign(properties, {
    templateFile,
    stackTemplateAssetObjectUrl: properties.stackTemplateAssetObjectUrl!.replace(key, templateFile),
  });
}
