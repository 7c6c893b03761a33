/** Keys of the artifacts bucket; no other file names them. */
export const layout = {
  /** The model in production; the bucket is versioned, so its history is the history of champions. */
  champion: 'champion.json',
  /** The model that is tested against the champion, until a person decides. */
  challenger: 'challenger.json',
  /** The endpoint lock: which run deploys, or which start or stop is in progress. The key is older than the name. */
  endpointLock: 'deployment.json',
  /** A candidate that missed the gate, by its input and the gate: the same input is not trained again. */
  rejection: (attempt: string) => `rejections/${attempt}.json`,
  allRuns: 'runs/',
  /** Everything of one run. */
  run: (runId: string) => `runs/${runId}/`,
  manifest: (runId: string) => `runs/${runId}/manifest.json`,
  schema: (runId: string) => `runs/${runId}/schema/schema.json`,
  schemaFolder: (runId: string) => `runs/${runId}/schema/`,
  /** Encoding of rows as the model's inputs. */
  encoding: (runId: string) => `runs/${runId}/schema/encoding.json`,
  /** The champion's encoding, so that the holdout keeps the columns that it needs. */
  championEncoding: (runId: string) => `runs/${runId}/schema/champion.json`,
  shardManifest: (runId: string, shard: number | '*') => `runs/${runId}/shards/${shard}.manifest`,
  /** Not below the run's folder: expiring keys need a common prefix (S3's lifecycle rules match prefixes only). */
  preprocessed: (runId: string) => `preprocessed/${runId}/`,
  /** Rows that transform jobs read, and their answers: they expire with the splits. */
  rows: (runId: string) => `preprocessed/${runId}/rows/`,
  answers: (runId: string) => `preprocessed/${runId}/answers/`,
  allPreprocessed: 'preprocessed/',
  models: (runId: string) => `runs/${runId}/models/`,
  evaluation: (runId: string) => `runs/${runId}/evaluation/`,
  /** Objects that a transform job predicts. */
  scoringManifest: (runId: string) => `runs/${runId}/scoring.manifest`,
  /** Differences between the answers of shadow and champion. */
  comparison: (runId: string) => `runs/${runId}/comparison.json`,
  decision: (runId: string) => `runs/${runId}/decision.json`,
  /** Question and answer of an approval. */
  approval: (runId: string) => `runs/${runId}/approval.json`,
  record: (runId: string) => `runs/${runId}/record.json`,
  /**
   * Checkpoints belong to the run's input, not to its name: a later run on the same input resumes from them. A forced
   * run must train anew, so it has a separate folder.
   */
  checkpoints: (fingerprint: string, forcedRunId?: string) =>
    `checkpoints/${fingerprint}${forcedRunId === undefined ? '' : `-${forcedRunId}`}/`,
  allCheckpoints: 'checkpoints/',
  capture: 'capture/',
  /** Requests of an asynchronous endpoint, and their results. */
  async: 'async/',
  asyncRequest: (id: string) => `async/requests/${id}/input`,
  /** Output locations of the answer and the failure, as SageMaker returned them. */
  asyncLocation: (id: string) => `async/requests/${id}/location.json`,
  asyncAnswers: 'async/answers/',
  asyncFailures: 'async/failures/',
} as const;

export const EVALUATION_FILE = 'evaluation.json';
export const GOLDEN_FILE = 'golden.json';
