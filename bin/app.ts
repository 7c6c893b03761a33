import { App, Validations } from 'aws-cdk-lib';
import {
  NO_TRIGGERS,
  parseGate,
  pipelineId,
  validateConfig,
  validateProject,
  type PipelineConfig,
} from '../lib/config';
import { loadProject } from '../lib/config/load';
import { checkProgramFolders } from '../lib/config/program-folders';
import { PipelineStage } from '../lib/stacks/pipeline-stage';

/** The environment that runs on one machine. */
const LOCAL = 'local';

export interface PipelinesProps {
  /** Folder of `mlops.config.ts`. Default: the working folder, which `cdk` requires of assets too. */
  readonly folder?: string;
}

/**
 * Adds the pipelines of a project to an app, a stage for each, and the stack `Delivery`. An app of one's own may hold more.
 *
 * Context: `environment` limits it to one place and `model` to one model (default: all); `commit` is the code's
 * commit, which each run records (default: unknown); `triggers=none` leaves out the automatic triggers;
 * `gate=metric=0.75` replaces the configured gate in the place `local`; `delivery=none` leaves out the stack `Delivery`,
 * which exists only without limits.
 *
 * CDK_VALIDATION=false leaves out both CDK's validation of the templates and cdk-nag's, for inner loops; together they
 * cost seconds.
 *
 * @throws Error with a line for each fault of the configuration
 */
export async function addPipelines(app: App, { folder }: PipelinesProps = {}): Promise<PipelineStage[]> {
  const context = (name: string) => app.node.tryGetContext(name) as string | undefined;
  const project = await loadProject(folder);
  const configs = validateProject(project);
  const only = { environment: context('environment'), model: context('model') };
  for (const [name, wanted] of Object.entries(only)) {
    const known = [...new Set(configs.map((config) => config[name as keyof typeof only]))];
    if (wanted !== undefined && !known.includes(wanted)) {
      throw new Error(`context "${name}" is "${wanted}"; must be one of ${known.join(', ')}`);
    }
  }
  const gitCommit = context('commit') ?? 'unknown';
  const triggers = context('triggers');
  if (triggers !== undefined && triggers !== 'none') {
    throw new Error(`context "triggers" is "${triggers}"; must be none, or left out`);
  }
  const gate = context('gate');
  if (gate !== undefined && only.environment !== LOCAL) {
    throw new Error(
      `context "gate" is "${gate}" without environment=${LOCAL}; elsewhere set gate.metrics of the model`,
    );
  }
  const stages: PipelineStage[] = [];
  for (const config of configs) {
    if (only.environment !== undefined && config.environment !== only.environment) continue;
    if (only.model !== undefined && config.model !== only.model) continue;
    const effective: PipelineConfig = {
      ...config,
      ...(triggers === 'none' && { triggers: NO_TRIGGERS }),
      ...(gate !== undefined && { gate: { ...config.gate, metrics: parseGate(gate, config.metrics) } }),
    };
    checkProgramFolders(config, folder);
    stages.push(new PipelineStage(app, pipelineId(config), { config: validateConfig(effective), gitCommit }));
  }
  const limited = only.environment !== undefined || only.model !== undefined;
  if (project.delivery && !limited && context('delivery') !== 'none') {
    const { DeliveryStack } = await import('../lib/stacks/delivery-stack.ts');
    new DeliveryStack(app, 'Delivery', {
      delivery: project.delivery,
      app: project.name,
      pipelines: configs,
      gitCommit,
      description: 'From a commit to production',
    });
  }
  if (process.env.CDK_VALIDATION !== 'false') {
    const { StageChecks } = await import('../lib/stacks/stage-checks.ts');
    // The delivery is CDK Pipelines' own construct, with CDK's wildcards; the stages that it deploys are validated
    // here.
    for (const stage of stages) Validations.of(stage).addPlugins(new StageChecks(stage));
  }
  return stages;
}

/** Synthesises the pipelines of the project in the working folder, and nothing else: the command `app` of `cdk.json`. */
export async function main(): Promise<void> {
  try {
    const app = new App();
    await addPipelines(app);
    // Without it, `cdk synth` would not validate the stacks of a Stage.
    app.synth({ validateOnSynthesis: true });
  } catch (error) {
    // A fault of the configuration is no bug: its lines say all.
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

if (require.main === module) void main();
