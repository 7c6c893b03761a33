/** Program of a model; `evaluate` is the serving program with that argument. */
export type ProgramName = 'preprocess' | 'train' | 'evaluate' | 'serve';

interface Clause {
  readonly program: ProgramName;
  readonly says: string;
  /** What to do if it is broken. */
  readonly remedy: string;
}

const clause = (program: ProgramName, says: string, remedy: string): Clause => ({ program, says, remedy });

/** The contract of a model's programs, in the order in which it is checked; docs/bring-your-own-model.md explains it. */
export const CLAUSES = {
  preprocessImage: clause(
    'preprocess',
    'the Dockerfile builds a program',
    'correct the Dockerfile: one stage, COPY from the context, ENTRYPOINT as a JSON list',
  ),
  preprocessOutput: clause(
    'preprocess',
    'ends with 0 and writes train/, validation/, scoring/validation/ and scoring/test/',
    'write these folders below processing/output, and end with 0',
  ),
  preprocessReport: clause(
    'preprocess',
    'reports the rows of each split in report/shard-<n>.json',
    'write {"rows": {"train": n, "validation": n, "test": n}, "rejected": n}',
  ),
  preprocessNames: clause(
    'preprocess',
    'names its files by the shard',
    'put SHARD_INDEX into every file name: all shards write below one prefix',
  ),
  preprocessSplit: clause(
    'preprocess',
    'puts a row into the same split whatever its shard',
    'choose the split by a digest of the row or its id, and of nothing else',
  ),
  preprocessFault: clause(
    'preprocess',
    'sets unreadable data aside, or ends with 1 or 2 and a sentence in output/message',
    'count it in "rejected", or end with 1 and write one sentence to output/message',
  ),
  preprocessFolders: clause(
    'preprocess',
    'writes below processing/output and output only',
    'write nothing to the input',
  ),
  trainImage: clause(
    'train',
    'the Dockerfile builds a program',
    'correct the Dockerfile: one stage, COPY from the context, ENTRYPOINT as a JSON list',
  ),
  trainModel: clause(
    'train',
    'ends with 0 and writes the model to model/',
    'write files to model/, and end with 0',
  ),
  trainMetrics: clause(
    'train',
    'prints the metrics of the configuration',
    'print a line that the expression of metrics.training matches, such as validation:loss=0.12;',
  ),
  trainHyperparameter: clause(
    'train',
    'a wrong hyperparameter ends it with 1 and a sentence that names it, in output/failure',
    'check every hyperparameter, and the unknown ones, before training',
  ),
  trainFault: clause(
    'train',
    'empty channels end it with 1 or 2 and a sentence in output/failure',
    'write one sentence to output/failure before a failed end',
  ),
  trainStop: clause(
    'train',
    'SIGTERM ends it with 143 within 120 s, with a checkpoint and without a model',
    'handle SIGTERM: save a checkpoint, end with 143; use the exec form of ENTRYPOINT',
  ),
  trainResume: clause(
    'train',
    'continues from its checkpoint, and ends with the metrics of an uninterrupted training',
    'save all that the result depends on: weights, optimizer, position, and seeds of random draws',
  ),
  trainFolders: clause(
    'train',
    'writes below model, checkpoints and output only',
    'write nothing to the channels: a file system is mounted read-only',
  ),
  serveImage: clause(
    'serve',
    'the Dockerfile builds a program',
    'correct the Dockerfile: one stage, COPY from the context, ENTRYPOINT as a JSON list',
  ),
  evaluateForm: clause(
    'evaluate',
    'ends with 0 and writes evaluation.json, also without a champion',
    'write the form that docs/bring-your-own-model.md describes',
  ),
  evaluateSettings: clause(
    'evaluate',
    'takes versions, confidence and resamples from its variables',
    'read CANDIDATE_VERSION, CHAMPION_VERSION, BOOTSTRAP_CONFIDENCE and BOOTSTRAP_RESAMPLES',
  ),
  evaluateMetrics: clause(
    'evaluate',
    'measures the headline and every metric of the gate, with intervals',
    'add the metric to candidate.metrics, naive.metrics and advantages, or correct the gate',
  ),
  evaluateChampion: clause(
    'evaluate',
    'measures the champion on the same rows: a model equals itself',
    'answer the same rows with both models, and draw the same resamples for both',
  ),
  evaluateAgreement: clause(
    'evaluate',
    'agrees with training on the validation rows',
    'measure the final model in training, and print its metrics last; prepare rows by one code in both',
  ),
  evaluateGolden: clause(
    'evaluate',
    'writes golden requests of the accepted content types',
    'write [{"contentType", "body" or "bodyBase64", "answer", "label"}] to golden.json',
  ),
  evaluateFault: clause(
    'evaluate',
    'without a candidate ends with 1 or 2 and a sentence in output/message',
    'write one sentence to output/message before a failed end',
  ),
  evaluateFolders: clause(
    'evaluate',
    'writes below processing/output and output only',
    'unpack models to a temporary folder',
  ),
  serveReady: clause(
    'serve',
    'answers GET /ping with 200 once the model is loaded',
    'listen on SAGEMAKER_BIND_TO_PORT, and answer 200 when predictions are possible',
  ),
  serveGolden: clause(
    'serve',
    'answers the golden requests as the evaluation did',
    'answer by one code in both; answer MODEL_VERSION, in the evaluation CANDIDATE_VERSION',
  ),
  serveBusy: clause(
    'serve',
    'answers /ping within 2 s while it predicts',
    'answer /ping in another thread or process than predictions',
  ),
  serveType: clause(
    'serve',
    'refuses other content types with 4xx',
    'answer 415 to a content type that is not in api.accepts',
  ),
  serveBody: clause(
    'serve',
    'refuses a wrong body with 4xx and {"error": {"code", "message"}}',
    'answer 400 with the error: the API passes code, message and field on',
  ),
  serveAlive: clause(
    'serve',
    'still serves after refused requests',
    'end no process or thread for a wrong request',
  ),
  serveFolders: clause(
    'serve',
    'writes below output only',
    'write nothing to model/: an endpoint mounts it read-only',
  ),
  serveStop: clause(
    'serve',
    'SIGTERM ends it within 10 s',
    'handle SIGTERM; use the exec form of ENTRYPOINT',
  ),
} as const satisfies Record<string, Clause>;

export type ClauseName = keyof typeof CLAUSES;

export interface Finding {
  readonly clause: ClauseName;
  readonly program: ProgramName;
  readonly says: string;
  /** `unchecked`: what it needs failed before. */
  readonly result: 'held' | 'broken' | 'unchecked';
  /** What was found. */
  readonly how: string;
  /** What to do; empty if it is held. */
  readonly remedy: string;
}

/** The findings so far, one at most for each clause. */
export class Findings {
  readonly #found = new Map<ClauseName, Pick<Finding, 'result' | 'how'>>();

  held(name: ClauseName, how = ''): void {
    this.#found.set(name, { result: 'held', how });
  }

  broken(name: ClauseName, how: string): void {
    this.#found.set(name, { result: 'broken', how });
  }

  /** Sets a finding by the problem, if there is one. @returns true if it is held */
  judge(name: ClauseName, problem: string | undefined, how = ''): boolean {
    if (problem === undefined) this.held(name, how);
    else this.broken(name, problem);
    return problem === undefined;
  }

  /** Says why a clause could not be checked. */
  unchecked(name: ClauseName, how: string): void {
    this.#found.set(name, { result: 'unchecked', how });
  }

  isHeld(name: ClauseName): boolean {
    return this.#found.get(name)?.result === 'held';
  }

  /** Returns a finding for every clause, in their order. */
  all(): Finding[] {
    return (Object.keys(CLAUSES) as ClauseName[]).map((name) => {
      const { program, says, remedy } = CLAUSES[name];
      const found = this.#found.get(name) ?? { result: 'unchecked' as const, how: 'what it needs is broken' };
      return { clause: name, program, says, ...found, remedy: found.result === 'held' ? '' : remedy };
    });
  }
}
