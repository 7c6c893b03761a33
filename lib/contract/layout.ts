/** Where things lie in the artifacts bucket: the only place that knows these keys. */
export const layout = {
  /** The model in production; the bucket is versioned, so its history is the history of champions. */
  champion: 'champion.json',
  /** The model that is tested beside the champion, until somebody decides. */
  challenger: 'challenger.json',
  /** Which run deploys now: its claim keeps the others off. */
  endpointLock: 'deployment.json',
  /** A candidate that missed the gate, by its input and the gate: the same again need not be trained again. */
  rejection: (attempt: string) => `rejections/${attempt}.json`,
  allRuns: 'runs/',
  /** Everything of one run. */
  run: (runId: string) => `runs/${runId}/`,
  manifest: (runId: string) => `runs/${runId}/manifest.json`,
  schema: (runId: string) => `runs/${runId}/schema/schema.json`,
  schemaFolder: (runId: string) => `runs/${runId}/schema/`,
  /** How rows become the model's inputs. */
  encoding: (runId: string) => `runs/${runId}/schema/encoding.json`,
  /** The champion's, so that the holdout keeps the columns that it needs. */
  championEncoding: (runId: string) => `runs/${runId}/schema/champion.json`,
  shardManifest: (runId: string, shard: number | '*') => `runs/${runId}/shards/${shard}.manifest`,
  /** Not below the run's folder: what expires has to begin alike (S3's lifecycle rules know prefixes only). */
  preprocessed: (runId: string) => `preprocessed/${runId}/`,
  allPreprocessed: 'preprocessed/',
  models: (runId: string) => `runs/${runId}/models/`,
  evaluation: (runId: string) => `runs/${runId}/evaluation/`,
  /** Objects that a transform job predicts. */
  scoringManifest: (runId: string) => `runs/${runId}/scoring.manifest`,
  /** How the answers of a shadow differed from the champion's. */
  comparison: (runId: string) => `runs/${runId}/comparison.json`,
  decision: (runId: string) => `runs/${runId}/decision.json`,
  /** What a person was asked, and answered. */
  approval: (runId: string) => `runs/${runId}/approval.json`,
  record: (runId: string) => `runs/${runId}/record.json`,
  /**
   * Checkpoints belong to the run's input, not to its name: a later run on the same input goes on from them. A
   * forced run is asked to train anew, so it has a folder of its own.
   */
  checkpoints: (fingerprint: string, forcedRunId?: string) =>
    `checkpoints/${fingerprint}${forcedRunId === undefined ? '' : `-${forcedRunId}`}/`,
  allCheckpoints: 'checkpoints/',
  capture: 'capture/',
  /** Requests of an asynchronous endpoint, and what became of them. */
  async: 'async/',
  asyncRequest: (id: string) => `async/requests/${id}/input`,
  /** Where SageMaker said that answer or failure will be. */
  asyncLocation: (id: string) => `async/requests/${id}/location.json`,
  asyncAnswers: 'async/answers/',
  asyncFailures: 'async/failures/',
} as const;

export const EVALUATION_FILE = 'evaluation.json';
export const GOLDEN_FILE = 'golden.json';
