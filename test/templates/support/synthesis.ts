import { App, type Stage } from 'aws-cdk-lib';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Scope, type Template, resolve } from 'local-cloud/testing';
import { context } from '../../../cdk.json';
import { environments } from '../../support/configs';
import { type PipelineConfig } from '../../../lib/config';
import { pipelineId } from '../../../lib/config';
import type { DeliveryAccount } from '../../../lib/operations/delivery-role';
import { PipelineStage } from '../../../lib/stacks/pipeline-stage';

/** A resource whose properties hold no intrinsic function any more: see {@link arn}. */
export interface Resource<Properties = Record<string, unknown>> {
  readonly id: string;
  readonly type: string;
  readonly properties: Properties;
  readonly deletionPolicy?: string;
  readonly updateReplacePolicy?: string;
  readonly dependsOn: readonly string[];
}

type Artifacts = ReturnType<Stage['synth']>['stacks'];

export interface Stack {
  readonly terminationProtection: boolean;
  readonly resources: readonly Resource[];
}

/** One environment, as `cdk deploy` would ship it. */
export interface Synthesis {
  readonly storage: Stack;
  /** Without resources where there is no network, or nothing is created in it. */
  readonly network: Stack;
  readonly pipeline: Stack;
  /** Without resources where predictions are made in batches. */
  readonly inference: Stack;
}

const named = (name: string): PipelineConfig => environments.find(({ environment }) => environment === name)!;

export const local = named('local');

/** `dev` behind a real-time endpoint, of which most tests and every variant of the configuration are made. */
export const dev: PipelineConfig = {
  ...named('dev'),
  endpoint: {
    ...named('dev').endpoint,
    serving: local.endpoint.serving,
    dataCapturePercent: 10,
  },
};

export const REGION = 'eu-west-1';
export const ACCOUNT = '123456789012';
const PSEUDO_PARAMETERS = {
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::StackId': `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/name/00000000-0000-0000-0000-000000000000`,
  'AWS::URLSuffix': 'amazonaws.com',
};

/** Resources that `Ref` names by their ARN. */
const REFERRED_BY_ARN = ['AWS::StepFunctions::StateMachine', 'AWS::SNS::Topic'];

const done = new Map<PipelineConfig, Synthesis>();

/** Synthesises with the context of `cdk.json`; once a test file for one and the same configuration. */
export function synthesise(config: PipelineConfig): Synthesis {
  let synthesis = done.get(config);
  if (!synthesis) {
    synthesis = synthesiseAnew(config);
    done.set(config, synthesis);
  }
  return synthesis;
}

/** The construct tree of one environment after its synthesis, and what that wrote. */
export function synthesiseStage(
  config: PipelineConfig,
  delivery?: DeliveryAccount,
): { stage: Stage; artifacts: Artifacts } {
  // `cdk synth` checks CDK's own rules, once; here they would cost three seconds a configuration.
  process.env.CDK_VALIDATION = 'false';
  const outdir = mkdtempSync(join(tmpdir(), 'templates-'));
  try {
    const app = new App({ outdir, context });
    const stage = new PipelineStage(app, pipelineId(config), {
      config,
      gitCommit: 'c0ffee',
      trialBy: delivery,
      protectedBy: delivery,
    });
    const artifacts = stage.synth().stacks;
    // Each is read from its file at first use.
    artifacts.forEach(({ template }) => void template);
    return { stage, artifacts };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** @param delivery that deploys and tries the pipeline; default: none */
export function synthesiseAnew(config: PipelineConfig, delivery?: DeliveryAccount): Synthesis {
  const { artifacts } = synthesiseStage(config, delivery);
  const exported = new Map<string, unknown>();
  const stack = (name: string): Stack => {
    const artifact = artifacts.find(({ stackName }) => new RegExp(`-${name}(-[\\w-]+)?$`).test(stackName));
    if (!artifact) return { terminationProtection: false, resources: [] };
    return {
      terminationProtection: artifact.terminationProtection ?? false,
      resources: resolveTemplate(artifact.template as Template, exported),
    };
  };
  const storage = stack('Storage');
  // In the order of their deployment: each knows the exports of those before.
  const network = stack('Network');
  return { storage, network, pipeline: stack('Pipeline'), inference: stack('Inference') };
}

/** @param exported exports of the stacks before; those of this one are added */
function resolveTemplate(template: Template, exported: Map<string, unknown>): Resource[] {
  const type = (id: string) => template.Resources[id]!.Type;
  const scope: Scope = {
    template,
    parameters: PSEUDO_PARAMETERS,
    ref: (id) => (REFERRED_BY_ARN.includes(type(id)) ? arn(type(id), id) : id),
    attribute: (id, name) => (name === 'Arn' ? arn(type(id), id) : name === 'Name' ? id : `${id}.${name}`),
    importValue: (name) => exported.get(name),
  };
  for (const { Value, Export } of Object.values(template.Outputs ?? {})) {
    if (Export) exported.set(Export.Name as string, resolve(Value, scope));
  }
  return Object.entries(template.Resources).map(([id, resource]) => ({
    id,
    type: resource.Type,
    properties: resolve(resource.Properties ?? {}, scope) as Record<string, unknown>,
    deletionPolicy: resource.DeletionPolicy,
    updateReplacePolicy: (resource as { UpdateReplacePolicy?: string }).UpdateReplacePolicy,
    dependsOn: [resource.DependsOn ?? []].flat(),
  }));
}

/** Stands for the ARN that a resource would have: its logical id in place of its name. */
export function arn(type: string, id: string): string {
  const [, service, kind] = type.split('::') as [string, string, string];
  if (kind === 'StateMachine') return `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${id}`;
  return `arn:aws:${service.toLowerCase()}:${REGION}:${ACCOUNT}:${id}`;
}

export function ofType<Properties = Record<string, unknown>>(
  { resources }: Stack,
  type: string,
): Resource<Properties>[] {
  return resources.filter((resource) => resource.type === type) as unknown as Resource<Properties>[];
}

/** The one resource of its type. */
export function only<Properties = Record<string, unknown>>(stack: Stack, type: string): Resource<Properties> {
  const found = ofType<Properties>(stack, type);
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type} instead of one`);
  return found[0]!;
}
