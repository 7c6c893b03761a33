import { HOSTED_MEDIA_TYPE } from '../../../lib/contract/images';
import { NO_CHAMPION, type Assessment } from '../../../lambda/initiate/assessment';
import { planRun, type InitiateDependencies } from '../../../lambda/initiate/plan';
import type { PipelineConfig } from '../../../lib/config';
import { gateSettings, modelFacts, resourcePrefix } from '../../../lib/config';
import { LambdaVariable } from '../../../lib/contract/environment';
import { layout } from '../../../lib/contract/layout';
import type { Champion, RunPlan } from '../../../lib/contract/run';
import { volumeSettings } from '../../../lib/run/prepare/volumes';
import { ofType, synthesise } from './synthesis';

const SCHEMA = '{"label": "species", "classes": ["a", "b"], "features": ["width", "length"]}';
/** References as the synthesised function has them. */
function prebuiltImages(config: PipelineConfig): unknown {
  const { pipeline } = synthesise(config);
  const functions = ofType<{ Environment: { Variables: Record<string, string> } }>(
    pipeline,
    'AWS::Lambda::Function',
  );
  const variables = functions.map(({ properties }) => properties.Environment.Variables);
  const found = variables.find((each) => LambdaVariable.PrebuiltImages in each);
  return found ? JSON.parse(found[LambdaVariable.PrebuiltImages]!) : {};
}

const CSV = 'width,length,species\n1,2,a\n';
const DATA_BUCKET = 'data-bucket';

/** Returns the plan of the function's own code for three objects of training data. */
export async function planOf(
  config: PipelineConfig,
  options: {
    runId: string;
    champion?: Champion;
    force?: boolean;
    /** Input of a run that only restores. */
    restore?: boolean;
    production?: Partial<Assessment>;
  },
): Promise<RunPlan> {
  const { prefix, schemaKey, maxShards } = config.data;
  const objects = ['1', '2', '3'].map((name) => ({ key: `${prefix}${name}.csv`, versionId: 'v1', size: 90 }));
  const stored: Record<string, unknown> = { [layout.champion]: options.champion };
  const dependencies = {
    data: {
      uri: (key: string) => `s3://${DATA_BUCKET}/${key}`,
      currentVersions: async (start: string) =>
        [...objects, { key: schemaKey!, versionId: 'v1', size: SCHEMA.length }].filter(({ key }) =>
          key.startsWith(start),
        ),
      text: async () => SCHEMA,
      bytes: async () => Buffer.from(CSV),
    },
    artifacts: {
      uri: (key: string) => `s3://artifacts-bucket/${key}`,
      json: async (key: string) => stored[key] ?? null,
      textIfAny: async () => undefined,
      put: async () => undefined,
      putJson: async () => undefined,
    },
    parameters: { path: '/parameters', read: async () => ({}) },
    topic: { publish: async () => undefined },
    lookAtProduction: async () => ({
      ...NO_CHAMPION,
      ...{ champion: options.champion ?? null, judgedAgainst: options.champion ?? null },
      ...options.production,
    }),
    findImage: async () => ({ digest: `sha256:${'b'.repeat(64)}`, mediaType: HOSTED_MEDIA_TYPE }),
    settings: {
      prefix: resourcePrefix(config),
      environment: config.environment,
      dataPrefix: prefix,
      schemaKey: schemaKey ?? undefined,
      model: modelFacts(config),
      images: { preprocessing: 'p', training: 't', inference: 'i', evaluation: 'e' },
      prebuilt: prebuiltImages(config),
      maxShards,
      volumes: volumeSettings(config),
      gitCommit: 'c0ffee',
      gate: gateSettings(config),
    },
  } as unknown as InitiateDependencies;
  const { runId, force, restore } = options;
  const input = { ...(force !== undefined && { force }), ...(restore && { restore }) };
  return planRun({ runId, executionArn: 'arn', input }, dependencies);
}
