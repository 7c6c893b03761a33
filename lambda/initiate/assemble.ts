import type { ImageHashes } from '../../lib/contract/environment';
import { hyperparametersFor, type Hyperparameters } from '../../lib/contract/hyperparameters';
import { layout } from '../../lib/contract/layout';
import { runResourceName, type RunResource } from '../../lib/contract/names';
import type { RunManifest, RunPlan, Shard } from '../../lib/contract/run';
import type { RunTrigger } from '../../lib/contract/triggers';
import type { Bucket } from '../shared/s3';
import type { PinnedData } from './data';
import { lineage } from './lineage';
import type { RunVolumes } from './volumes';

/** What a run was pinned to. */
export interface PinnedRun {
  readonly runId: string;
  /** Resource prefix of the pipeline. */
  readonly prefix: string;
  readonly gitCommit: string;
  readonly trigger: RunTrigger;
  /** Content hashes of the images. */
  readonly hashes: ImageHashes;
  readonly images: RunPlan['images'];
  readonly hyperparameters: Hyperparameters;
  readonly maxBadRowFraction: number;
  readonly fingerprint: string;
  readonly rejectionKey: string;
  /** Key prefix of the checkpoints. */
  readonly checkpoints: string;
  readonly production: Pick<RunPlan, 'champion' | 'judgedAgainst' | 'restore' | 'warnings'>;
  readonly volumes: RunVolumes;
}

/** Returns the plan of a run that trains: names, locations and volumes of all that it makes. The reason is empty. */
export function assemblePlan(artifacts: Bucket, run: PinnedRun): RunPlan {
  const { runId } = run;
  const name = (resource: RunResource) => runResourceName(run.prefix, runId, resource);
  return {
    runId,
    changed: true,
    reason: '',
    trigger: run.trigger,
    fingerprint: run.fingerprint,
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
      fingerprint: run.fingerprint,
      gitCommit: run.gitCommit,
      manifest: artifacts.uri(layout.manifest(runId)),
      hyperparameters: run.hyperparameters,
      contents: run.hashes,
    }),
    champion: run.production.champion,
    judgedAgainst: run.production.judgedAgainst,
    restore: run.production.restore,
    warnings: run.production.warnings,
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

/** Returns the record of a run's inputs. */
export function assembleManifest(run: PinnedRun, pinned: PinnedData): RunManifest {
  return {
    runId: run.runId,
    fingerprint: run.fingerprint,
    gitCommit: run.gitCommit,
    trigger: run.trigger,
    schema: pinned.schema?.object ?? null,
    data: pinned.objects,
    images: run.hashes,
    hyperparameters: run.hyperparameters,
    ignored: pinned.ignored,
    champion: run.production.champion?.runId ?? null,
    judgedAgainst: run.production.judgedAgainst?.runId ?? null,
  };
}
