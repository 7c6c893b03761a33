import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { BootstrapSettings } from './bootstrap.ts';
import { UserError } from './errors.ts';

type Environment = Record<string, string | undefined>;

/** Returns the base directory of SageMaker's paths. */
export function baseDirectory(env: Environment): string {
  return env.SAGEMAKER_BASE_DIR ?? '/opt/ml';
}

export interface ServeSettings {
  readonly modelDirectory: string;
  /** 0 lets the system choose a free port. */
  readonly port: number;
  /** A container must listen on all its interfaces; outside one, 127.0.0.1 is enough. */
  readonly host: string;
  /** Processes that predict, one per core unless WORKERS is set. */
  readonly workers: number;
  /** Model version in answers; by default the start of the model's digest. */
  readonly modelVersion: string | undefined;
  /** Maximum bytes of a request's body, and of an answer's. */
  readonly maxBodyBytes: number;
  readonly maxAnswerBytes: number;
}

/** SageMaker's own limit for real-time endpoints; that of a serverless one is 4 MiB. */
const MAX_BYTES = 6_291_456;

/** Reads the settings of serving. @throws UserError naming the variable, its value and the allowed values */
export function serveSettings(env: Environment): ServeSettings {
  return {
    modelDirectory: path.join(baseDirectory(env), 'model'),
    port: integer(env, 'SAGEMAKER_BIND_TO_PORT', 8080, 0, 65_535),
    host: env.BIND_HOST ?? '0.0.0.0',
    workers: integer(env, 'WORKERS', availableParallelism(), 1, 256),
    modelVersion: env.MODEL_VERSION,
    maxBodyBytes: integer(env, 'MAX_BODY_BYTES', MAX_BYTES, 1024, 2 ** 30),
    maxAnswerBytes: integer(env, 'MAX_ANSWER_BYTES', MAX_BYTES, 1024, 2 ** 30),
  };
}

/** Reads the settings of the bootstrap. @throws UserError naming the variable, its value and the allowed values */
export function bootstrapSettings(env: Environment): BootstrapSettings {
  const confidence = Number(env.BOOTSTRAP_CONFIDENCE ?? 0.95);
  if (!(confidence > 0.5 && confidence < 1)) {
    throw new UserError(
      `BOOTSTRAP_CONFIDENCE: "${env.BOOTSTRAP_CONFIDENCE}" is not a number above 0.5 and below 1`,
    );
  }
  return { confidence, resamples: integer(env, 'BOOTSTRAP_RESAMPLES', 2000, 100, 100_000) };
}

export interface EvaluationSettings {
  readonly candidateVersion: string;
  readonly bootstrap: BootstrapSettings;
  /** True to measure latency and memory of the serving program. */
  readonly measureServing: boolean;
}

/** Reads the settings of the evaluation. @throws UserError naming the variable, its value and the allowed values */
export function evaluationSettings(env: Environment): EvaluationSettings {
  const measured = env.SERVING_METRICS ?? 'false';
  if (measured !== 'true' && measured !== 'false') {
    throw new UserError(`SERVING_METRICS: "${measured}" is neither "true" nor "false"`);
  }
  return {
    candidateVersion: requiredVariable(env, 'CANDIDATE_VERSION', "the candidate's version"),
    bootstrap: bootstrapSettings(env),
    measureServing: measured === 'true',
  };
}

/** Returns a variable. @throws UserError if it is missing or empty */
export function requiredVariable(env: Environment, name: string, purpose: string): string {
  const value = env[name];
  if (!value) throw new UserError(`${name}: the environment variable is not set; it gives ${purpose}`);
  return value;
}

function integer(env: Environment, name: string, fallback: number, low: number, high: number): number {
  const text = env[name] ?? String(fallback);
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < low || value > high) {
    throw new UserError(`${name}: "${text}" is not a whole number from ${low} to ${high}`);
  }
  return value;
}
