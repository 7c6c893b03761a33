import type { ImageHashes, PrebuiltImages } from '../../lib/contract/environment';
import type { GateSettings } from '../../lib/contract/gate';
import { resolveHyperparameters } from '../../lib/contract/hyperparameters';
import { layout } from '../../lib/contract/layout';
import type { Challenger, Champion, PinnedObject, RunPlan } from '../../lib/contract/run';
import type { ModelFacts } from '../../lib/contract/model';
import type { VolumeSettings } from '../../lib/contract/volumes';
import { BY_HAND, type RunTrigger } from '../../lib/contract/triggers';
import { startedMessage } from '../shared/messages';
import type { Bucket } from '../shared/s3';
import type { Topic } from '../shared/topic';
import { assembleManifest, assemblePlan, type PinnedRun } from './assemble';
import { pinData } from './data';
import type { Assessment } from './assessment';
import { attemptHash, decide, decideRestoration, type Rejection } from './decision';
import { fingerprint } from './fingerprint';
import { pinImages, type FindImage } from './images';
import { parseRunInput } from '../shared/run-input';
import { balanceShards } from './shards';
import type { ParameterStore } from './ssm';
import { sizeVolumes } from './volumes';

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
  /** Compares what serves with the records. */
  readonly lookAtProduction: (records: ProductionRecords) => Promise<Assessment>;
  readonly settings: InitiateSettings;
}

export interface ProductionRecords {
  readonly runId: string;
  readonly champion: Champion | null;
  readonly challenger: Challenger | null;
}

/** The hyperparameter that limits the rows set aside; only tables have it. */
const MAX_BAD_ROWS = 'preprocessing.max_bad_row_fraction';

export async function planRun(
  request: InitiateRequest,
  dependencies: InitiateDependencies,
): Promise<RunPlan> {
  const { data, artifacts, parameters, topic, settings } = dependencies;
  const input = parseRunInput(request.input);
  const trigger = input.trigger ?? BY_HAND;
  if (input.restore) return planRestoration(request, trigger, dependencies);
  const { model } = settings;
  const hyperparameters = resolveHyperparameters(model.hyperparameters, [
    { source: `SSM ${parameters.path}`, values: await parameters.read() },
    { source: "the execution's input", values: input.hyperparameters ?? {} },
  ]);
  const maxBadRowFraction = Number(hyperparameters[MAX_BAD_ROWS] ?? 0);
  const [{ hashes, images }, pinned, { champion, challenger, production }] = await Promise.all([
    pinImages(settings.images, settings.prebuilt, dependencies.findImage),
    pinData(data, {
      ...model.data,
      bucketOfTeam: settings.bucketOfTeam,
      splits: model.splits !== undefined,
      prefix: settings.dataPrefix,
      schemaKey: settings.schemaKey,
      maxBadRowFraction,
    }),
    findProduction(request, dependencies),
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
  const { force } = input;
  const { changed, reason } = decide({ print, champion, challenger, rejection, force, production });
  // A split by time assigns everything before some day to training: one job must see all rows.
  const groups = balanceShards(
    pinned.objects,
    (pinned.schema?.parsed.timeColumn ?? null) === null ? settings.maxShards : 1,
  );
  const run: PinnedRun = {
    runId: request.runId,
    prefix: settings.prefix,
    gitCommit: settings.gitCommit,
    trigger,
    hashes,
    images,
    hyperparameters,
    maxBadRowFraction,
    fingerprint: print,
    rejectionKey,
    checkpoints: layout.checkpoints(print, input.force ? request.runId : undefined),
    production,
    volumes: sizeVolumes(
      groups.map((objects) => bytesOf(objects)),
      { ...settings.volumes, growth: pinned.growth },
      data.uri(settings.dataPrefix),
    ),
  };
  const plan = assemblePlan(artifacts, run);
  if (!changed) return { ...plan, changed, reason };

  await artifacts.putJson(layout.manifest(request.runId), assembleManifest(run, pinned));
  if (pinned.schema) await artifacts.put(layout.schema(request.runId), pinned.schema.text);
  await keepChampionEncoding(artifacts, production.judgedAgainst, request.runId);
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
      restoring: production.restore?.reason ?? null,
      warnings: production.warnings,
    }),
  );
  return { ...plan, reason };
}

/** Reads the records of production, and compares them with what serves. */
async function findProduction(
  { runId }: InitiateRequest,
  { artifacts, lookAtProduction }: InitiateDependencies,
): Promise<ProductionRecords & { production: Assessment }> {
  const [champion, challenger] = await Promise.all([
    artifacts.json<Champion>(layout.champion),
    artifacts.json<Challenger>(layout.challenger),
  ]);
  const records = { runId, champion, challenger };
  return { ...records, production: await lookAtProduction(records) };
}

/** Plans a run that only restores the endpoint. It reads no data: they may be the reason why no other run ends well. */
async function planRestoration(
  request: InitiateRequest,
  trigger: RunTrigger,
  dependencies: InitiateDependencies,
): Promise<RunPlan> {
  const { artifacts, settings } = dependencies;
  const { champion, production } = await findProduction(request, dependencies);
  const decision = decideRestoration(champion, production);
  const fingerprint = champion?.fingerprint ?? '';
  const plan = assemblePlan(artifacts, {
    ...{ runId: request.runId, prefix: settings.prefix, gitCommit: settings.gitCommit, trigger },
    ...{ hashes: settings.images, images: {}, hyperparameters: {}, maxBadRowFraction: 0, fingerprint },
    rejectionKey: layout.rejection(fingerprint),
    checkpoints: layout.checkpoints(fingerprint),
    production,
    volumes: { shards: [], training: 0, evaluation: 0 },
  });
  return { ...plan, ...decision };
}

/**
 * Stores the encoding of the champion that the candidate is judged against: the holdout keeps the columns that it needs,
 * even if the schema changed.
 */
async function keepChampionEncoding(
  artifacts: Bucket,
  champion: Champion | null,
  runId: string,
): Promise<void> {
  const encoding = champion && (await artifacts.textIfAny(layout.encoding(champion.runId)));
  if (encoding) await artifacts.put(layout.championEncoding(runId), encoding);
}

function bytesOf(objects: readonly PinnedObject[]): number {
  return objects.reduce((sum, { size }) => sum + size, 0);
}
