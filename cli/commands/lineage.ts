import type { ImageName } from '../../lib/contract/environment';
import type { GateDecision } from '../../lib/contract/gate';
import { layout } from '../../lib/contract/layout';
import type { RunManifest, RunRecord } from '../../lib/contract/run';
import { championRecords, readJson } from '../artifacts';
import type { CommandDescription, CommonOptions } from '../command';
import { ExitCode, OperatorError } from '../errors';
import { executionArnOf, executionHistory } from '../execution';
import { fields, moment } from '../output';
import type { Pipeline } from '../pipeline';
import { registeredModel, type RegisteredModel } from '../registry';
import { runTasks } from '../run-tasks';
import { traceService } from '../champions';

export const lineage: CommandDescription<CommonOptions> = {
  usage: 'lineage <ID>',
  summary:
    'Shows the lineage of a model: data versions, code, images, hyperparameters, and its time in service.',
  examples: [
    ['lineage run-20261120151725910', 'by run id, which is the modelVersion in answers of the API'],
    ['lineage run-20261120151725910 --json', 'with every data object and its version'],
  ],
  action: async (pipeline, out, _, argument) => {
    const runId = argument!;
    const { s3, outputs, id } = pipeline;
    const read = <T>(key: string) => readJson<T>(s3, outputs.ArtifactsBucketName, key);
    const [manifest, decision, record, champions, imagesUsed, registered] = await Promise.all([
      read<RunManifest>(layout.manifest(runId)),
      read<GateDecision>(layout.decision(runId)),
      read<RunRecord>(layout.record(runId)),
      championRecords(s3, outputs.ArtifactsBucketName),
      imagesOf(pipeline, runId),
      registeredModel(pipeline, runId),
    ]);
    if (!manifest)
      throw new OperatorError(
        `ID is "${runId}"; pipeline "${id}" has no manifest of such a run; use an id that mlops models or mlops runs lists (a run with nothing to do has no manifest).`,
      );
    const service = traceService(champions, runId);
    const champion = champions.find((it) => it.runId === runId);
    const images = { ...imagesUsed, ...registeredImages(registered) };
    const found = {
      runId,
      fingerprint: manifest.fingerprint,
      gitCommit: manifest.gitCommit,
      data: manifest.data,
      schema: manifest.schema,
      imageContents: manifest.images,
      images: champion ? { ...images, inference: champion.inferenceImage } : images,
      hyperparameters: manifest.hyperparameters,
      decision: record?.decision ?? null,
      message: record?.message ?? decision?.reason ?? null,
      metrics: decision?.metrics ?? null,
      headline: decision?.headline ?? null,
      verdicts: decision?.verdicts ?? [],
      modelDataUrl: champion?.modelDataUrl ?? null,
      championBefore: manifest.champion,
      registry: registered
        ? { version: registered.version, status: registered.status, arn: registered.arn }
        : null,
      service,
    };
    out.result(found, () => {
      const list = (entries: object) => Object.entries(entries).map(([name, value]) => `${name}=${value}`);
      return [
        fields([
          ['Run', runId],
          ['Decision', found.decision],
          ['Reason', found.message],
          ['Code', `commit ${found.gitCommit}`],
          ['Registry', registered ? `version ${registered.version}, ${registered.status}` : null],
          ['Champion before', found.championBefore],
          ...service.map(
            ({ from, until, replacedBy }) =>
              [
                'In service',
                `from ${moment(from)}${until ? ` until ${moment(until)}, replaced by ${replacedBy}` : ''}`,
              ] as const,
          ),
        ]),
        section('Metrics', list(found.metrics ?? {})),
        section('Hyperparameters', list(found.hyperparameters)),
        section('Images', list(found.images).concat(list(found.imageContents).map((it) => `content ${it}`))),
        section(
          'Data',
          [...(found.schema ? [found.schema] : []), ...found.data].map(
            ({ key, versionId }) => `${key}  version ${versionId}`,
          ),
        ),
      ].join('\n\n');
    });
    return ExitCode.Ok;
  },
};

function section(title: string, lines: readonly string[]): string {
  return [title, ...(lines.length > 0 ? lines : ['–']).map((line) => `  ${line}`)].join('\n');
}

/** Returns the images by digest from the registry. */
function registeredImages(model: RegisteredModel | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(model?.properties ?? {}).flatMap(([name, value]) =>
      name.startsWith('image.') ? [[name.slice('image.'.length), value] as const] : [],
    ),
  );
}

/** Returns the images by digest of the run's jobs; Step Functions keeps the history for 90 days. */
async function imagesOf({ sfn, outputs }: Pipeline, runId: string): Promise<Record<string, string>> {
  try {
    const events = await executionHistory(sfn, executionArnOf(outputs.StateMachineArn, runId));
    const images = runTasks(events).flatMap((task) =>
      task.kind === 'job' && task.image ? [[imageOf(task.name), task.image] as const] : [],
    );
    return Object.fromEntries(images);
  } catch (error) {
    if (!/^(ExecutionDoesNotExist|InvalidArn)$/.test((error as Error).name)) throw error;
    return {};
  }
}

/** Returns the image of a job by the end of its name, which `runResourceName` and the attempt define. */
function imageOf(jobName: string): ImageName {
  if (/-preprocess-\d+-\d+$/.test(jobName)) return 'preprocessing';
  return /-evaluate-\d+$/.test(jobName) ? 'inference' : 'training';
}
