import { LambdaVariable } from '../../lib/contract/environment';
import { layout } from '../../lib/contract/layout';
import { setting, variable } from '../shared/environment';
import { logged } from '../shared/log';
import { Bucket } from '../shared/s3';
import { inputsOf } from './inputs';

const data = new Bucket(variable(LambdaVariable.DataBucket));
const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const prefix = setting<string>('prefix');

export interface ListInputsRequest {
  readonly runId: string;
  /** True to include objects that have a result. */
  readonly all: boolean;
  /** Null where there is no model yet, and nothing to do. */
  readonly model: string | null;
}

/** `List inputs`: writes the manifest of the transform job's inputs. */
async function listInputs({
  runId,
  all,
  model,
}: ListInputsRequest): Promise<{ objects: number; manifest: string }> {
  const inputs = model === null ? [] : inputsOf(await data.list(prefix), all);
  const key = layout.scoringManifest(runId);
  if (inputs.length > 0) {
    const names = inputs.map((input) => input.slice(prefix.length));
    await artifacts.putJson(key, [{ prefix: data.uri(prefix) }, ...names]);
  }
  return { objects: inputs.length, manifest: artifacts.uri(key) };
}

export const handler = logged('List inputs', listInputs);
