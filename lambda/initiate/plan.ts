import { createHash } from 'node:crypto';
import { ErrorName, PipelineError } from '../../lib/contract/errors';
import type { ImageHashes, PrebuiltImages } from '../../lib/contract/environment';
import type { GateSettings } from '../../lib/contract/gate';
import {
  hyperparametersFor,
  resolveHyperparameters,
  type Hyperparameters,
} from '../../lib/contract/hyperparameters';
import { layout } from '../../lib/contract/layout';
import { runResourceName } from '../../lib/contract/names';
import type { Challenger, Champion, PinnedObject, RunManifest, RunPlan, Shard } from '../../lib/contract/run';
import type { ModelFacts } from '../../lib/contract/model';
import type { VolumeSettings } from '../../lib/contract/volumes';
import { describeTest } from '../shared/challenger';
import { BY_HAND, type RunTrigger } from '../../lib/contract/triggers';
import { startedMessage } from '../shared/messages';
import type { Bucket } from '../shared/s3';
import type { Topic } from '../shared/topic';
import { pinData, type PinnedData } from './data';
import { fingerprint } from './fingerprint';
import { pinImages, type FindImage } from './images';
import { lineage } from './lineage';
import { parseRunInput } from '../shared/run-input';
import { balanceShards } from './shards';
import type { ParameterStore } from './ssm';
import { sizeVolumes, type RunVolumes } from './volumes';

export interface InitiateRequest {
  readonly runId: string;
  readonly executionArn: string;
  /** The execution's input, not yet validated. */
  readonly input: unknown;
}

export interface InitiateSettings {
  readonly prefix: string;
  readonly environment: string;
  /** True for a bucket that the stack did not create. */
  readonly bucketOfTeam: boolean;
  readonly dataPrefix: string;
  /** Only of tables. */
  readonly schemaKey: string | undefined;
  readonly model: ModelFacts;
  readonly images: ImageHashes;
  readonly prebuilt: PrebuiltImages;
  readonly maxShards: number;
  readonly volumes: VolumeSettings;
  readonly gitCommit: string;
  readonly gate: GateSettings;
}

export interface InitiateDependencies {
  readonly data: Bucket;
  readonly artifacts: Bucket;
  readonly parameters: ParameterStore;
  readonly topic: Topic;
  readonly findImage: FindImage;
  readonly settings: InitiateSettings;
}

/** The hyperparameter that limits the rows set aside; only tables have it. */
const MAX_BAD_ROWS = 'preprocessing.max_bad_row_fraction';

/** The record of a candidate that missed the gate. */
interface Rejection {
  readonly runId: string;
  readonly reason: string;
  readonly champion: string | null;
}

export async function planRun(
  request: InitiateRequest,
  dependencies: InitiateDependencies,
): Promise<RunPlan> {
  const { data, artifacts, parameters, topic, settings } = dependencies;
  const input = parseRunInput(request.input);
  const { model } = settings;
  const hyperparameters = resolveHyperparameters(model.hyperparameters, [
    { source: `SSM ${parameters.path}`, values: await parameters.read() },
    { source: "the execution's input", values: input.hyperparameters ?? {} },
  ]);
  const maxBadRowFraction = Number(hyperparameters[MAX_BAD_ROWS] ?? 0);
  const [{ hashes, images }, pinned, champion, challenger] = await Promise.all([
    pinImages(settings.images, settings.prebuilt, dependencies.findImage),
    pinData(data, {
      ...model.data,
      bucketOfTeam: settings.bucketOfTeam,
      splits: model.splits !== undefined,
      prefix: settings.dataPrefix,
      schemaKey: settings.schemaKey,
      maxBadRowFraction,
    }),
    artifacts.json<Champion>(layout.champion),
    artifacts.json<Challenger>(layout.challenger),
  ]);
  const print = fingerprint({
    data: pinned.objects,
    schema: pinned.schema?.text ?? null,
    images: hashes,
    hyperparameters,
    splits: model.splits,
  });
  const rejectionKey = layout.rejection(attemptHash(print, settings.gate));
  const rejection = await artifacts.json<Rejection>(rejectionKey);
  const unchanged = challenger
    ? undecided(challenger, input.force)
    : input.force
      ? undefined
      : settledBy(print, champion, rejection);
  // A split by time assigns everything before some day to training: one job must see all rows.
  const groups = balanceShards(
    pinned.objects,
    (pinned.schema?.parsed.timeColumn ?? null) === null ? settings.maxShards : 1,
  );
  const trigger = input.trigger ?? BY_HAND;
  const plan = assemblePlan(request, dependencies, {
    trigger,
    hashes,
    images,
    hyperparameters,
    maxBadRowFraction,
    print,
    rejectionKey,
    checkpoints: layout.checkpoints(print, input.force ? request.runId : undefined),
    champion,
    volumes: sizeVolumes(
      groups.map((objects) => bytesOf(objects)),
      { ...settings.volumes, growth: pinned.growth },
      data.uri(settings.dataPrefix),
    ),
  });
  if (unchanged) return { ...plan, changed: false, reason: unchanged };

  const reason = whatChanged(print, champion, input.force);
  await artifacts.putJson(
    layout.manifest(request.runId),
    manifest(request.runId, trigger, pinned, print, hyperparameters, champion, {
      gitCommit: settings.gitCommit,
      images: hashes,
    }),
  );
  if (pinned.schema) await artifacts.put(layout.schema(request.runId), pinned.schema.text);
  await keepChampionEncoding(artifacts, champion, request.runId);
  await Promise.all(
    groups.map((objects, index) =>
      artifacts.putJson(layout.shardManifest(request.runId, index), [
        { prefix: data.uri(settings.dataPrefix) },
        ...objects.map(({ key }) => key.slice(settings.dataPrefix.length)),
      ]),
    ),
  );
  await topic.publish(
    startedMessage({
      environment: settings.environment,
      model: model.name,
      runId: request.runId,
      executionArn: request.executionArn,
      reason,
      trigger,
      objects: pinned.objects.length,
      ignored: pinned.ignored,
      shards: groups.length,
      champion: champion?.runId ?? null,
    }),
  );
  return { ...plan, reason };
}

/**
 * Stores the champion's encoding: the holdout keeps the columns that the champion needs, even if the schema changed.
 */
async function keepChampionEncoding(
  artifacts: Bucket,
  champion: Champion | null,
  runId: string,
): Promise<void> {
  const encoding = champion && (await artifacts.textIfAny(layout.encoding(champion.runId)));
  if (encoding) await artifacts.put(layout.championEncoding(runId), encoding);
}

/**
 * Returns the sentence of a run that would displace an undecided test: scheduled runs end unchanged.
 *
 * @throws PipelineError `ChallengerUndecided` for a forced run
 */
function undecided(challenger: Challenger, force: boolean | undefined): string {
  const sentence = `${describeTest(challenger)}: decide with mlops promote or mlops rollback first`;
  if (force) throw new PipelineError(ErrorName.ChallengerUndecided, sentence);
  return sentence;
}

/** Returns the hash of an attempt: a changed gate gives the same input another chance. */
function attemptHash(print: string, gate: GateSettings): string {
  return createHash('sha256')
    .update(JSON.stringify([print, gate]))
    .digest('hex')
    .slice(0, 32);
}

/** Returns the sentence that explains why this input needs no run, or undefined. */
function settledBy(
  print: string,
  champion: Champion | null,
  rejection: Rejection | null,
): string | undefined {
  if (champion?.fingerprint === print) {
    return `data, code and hyperparameters are those of the champion, run ${champion.runId}`;
  }
  // A candidate that lost against another champion might win against this one.
  if (rejection && rejection.champion === (champion?.runId ?? null)) {
    return `data, code and hyperparameters are those of run ${rejection.runId}, which was rejected: ${rejection.reason}`;
  }
  return undefined;
}

function bytesOf(objects: readonly PinnedObject[]): number {
  return objects.reduce((sum, { size }) => sum + size, 0);
}

function whatChanged(print: string, champion: Champion | null, force: boolean | undefined): string {
  if (!champion) return 'there is no model in production yet';
  if (champion.fingerprint === print) return 'forced, with the same input as the champion';
  return force ? 'forced, with another input than the champion' : 'data, code or hyperparameters changed';
}

function assemblePlan(
  { runId }: InitiateRequest,
  { artifacts, settings }: InitiateDependencies,
  run: {
    hashes: ImageHashes;
    images: RunPlan['images'];
    hyperparameters: Hyperparameters;
    maxBadRowFraction: number;
    print: string;
    rejectionKey: string;
    checkpoints: string;
    champion: Champion | null;
    volumes: RunVolumes;
    trigger: RunTrigger;
  },
): RunPlan {
  const name = (resource: Parameters<typeof runResourceName>[2]) =>
    runResourceName(settings.prefix, runId, resource);
  return {
    runId,
    changed: true,
    reason: '',
    trigger: run.trigger,
    fingerprint: run.print,
    uris: runUris(artifacts, runId, run.checkpoints),
    rejectionKey: run.rejectionKey,
    shards: run.volumes.shards.map(
      (volumeSizeGb, index): Shard => ({
        index,
        jobName: name(`preprocess-${index}`),
        manifestUri: artifacts.uri(layout.shardManifest(runId, index)),
        volumeSizeGb,
      }),
    ),
    images: run.images,
    volumes: { training: run.volumes.training, evaluation: run.volumes.evaluation },
    names: {
      training: name('train'),
      trainingOnDemand: name('train-on-demand'),
      evaluation: name('evaluate'),
      candidateToEvaluate: name('eval-model'),
      championToEvaluate: name('eval-champion'),
      predictTest: name('predict'),
      predictValidation: name('predict-val'),
      predictTestByChampion: name('predict-champ'),
      model: name('model'),
      endpointConfig: name('config'),
      score: name('score'),
      testConfig: name('test-config'),
    },
    trainingHyperparameters: hyperparametersFor('training', run.hyperparameters),
    maxBadRowFraction: run.maxBadRowFraction,
    lineage: lineage({
      runId,
      fingerprint: run.print,
      gitCommit: settings.gitCommit,
      manifest: artifacts.uri(layout.manifest(runId)),
      hyperparameters: run.hyperparameters,
      contents: run.hashes,
    }),
    champion: run.champion,
  };
}

function runUris(artifacts: Bucket, runId: string, checkpoints: string): RunPlan['uris'] {
  const preprocessed = artifacts.uri(layout.preprocessed(runId));
  return {
    manifest: artifacts.uri(layout.manifest(runId)),
    schema: artifacts.uri(layout.schemaFolder(runId)),
    preprocessed,
    train: `${preprocessed}train/`,
    validation: `${preprocessed}validation/`,
    scoringValidation: `${preprocessed}scoring/validation/`,
    scoringTest: `${preprocessed}scoring/test/`,
    rowsValidation: `${artifacts.uri(layout.rows(runId))}validation/`,
    rowsTest: `${artifacts.uri(layout.rows(runId))}test/`,
    answers: artifacts.uri(layout.answers(runId)),
    checkpoints: artifacts.uri(checkpoints),
    models: artifacts.uri(layout.models(runId)),
    evaluation: artifacts.uri(layout.evaluation(runId)),
  };
}

function manifest(
  runId: string,
  trigger: RunTrigger,
  pinned: PinnedData,
  print: string,
  hyperparameters: Hyperparameters,
  champion: Champion | null,
  { gitCommit, images }: Pick<InitiateSettings, 'gitCommit' | 'images'>,
): RunManifest {
  return {
    runId,
    fingerprint: print,
    gitCommit,
    trigger,
    schema: pinned.schema?.object ?? null,
    data: pinned.objects,
    images,
    hyperparameters,
    ignored: pinned.ignored,
    champion: champion?.runId ?? null,
  };
}
