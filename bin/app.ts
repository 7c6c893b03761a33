import { App, Validations } from 'aws-cdk-lib';
import { environments, NO_TRIGGERS, parseGate, validateConfig, type PipelineConfig } from '../lib/config';
import { delivery, validateDelivery } from '../lib/config/delivery';
import { capitalise } from '../lib/contract/text';
import { PipelineStage } from '../lib/stacks/pipeline-stage';

/** The environment that runs on one machine. */
const LOCAL = 'local';

/**
 * Context: `environment` limits the app to one environment (default: all); `commit` is the code's commit, which
 * each run records (default: unknown); `triggers=none` leaves out the automatic triggers; `gate=accuracy=0.75`
 * replaces the configured gate of the environment `local`.
 *
 * Without `environment`, the app also has the stack `Delivery`.
 *
 * CDK_VALIDATION=false leaves out both CDK's validation of the templates and cdk-nag's, for inner loops; together they
 * cost seconds.
 */
async function main(): Promise<void> {
  const app = new App();
  const only = app.node.tryGetContext('environment') as string | undefined;
  const gitCommit = (app.node.tryGetContext('commit') as string | undefined) ?? 'unknown';
  const triggers = app.node.tryGetContext('triggers') as string | undefined;
  if (triggers !== undefined && triggers !== 'none') {
    throw new Error(`context "triggers" is "${triggers}"; must be none, or left out`);
  }
  const known = environments.map(({ environment }) => environment);
  if (only !== undefined && !known.includes(only)) {
    throw new Error(`context "environment" is "${only}"; must be one of ${known.join(', ')}`);
  }
  const gate = app.node.tryGetContext('gate') as string | undefined;
  if (gate !== undefined && only !== LOCAL) {
    throw new Error(
      `context "gate" is "${gate}" without environment=${LOCAL}; elsewhere set gate.metrics in lib/config`,
    );
  }
  const stages: PipelineStage[] = [];
  for (const config of environments) {
    if (only !== undefined && config.environment !== only) continue;
    const effective: PipelineConfig = {
      ...config,
      ...(triggers === 'none' && { triggers: NO_TRIGGERS }),
      ...(gate !== undefined && { gate: { ...config.gate, metrics: parseGate(gate) } }),
    };
    const stage = new PipelineStage(app, capitalise(config.environment), {
      config: validateConfig(effective),
      gitCommit,
    });
    stages.push(stage);
  }
  if (only === undefined && app.node.tryGetContext('delivery') !== 'none') {
    const { DeliveryStack } = await import('../lib/stacks/delivery-stack.ts');
    const named = (name: string) => environments.find(({ environment }) => environment === name)!;
    new DeliveryStack(app, 'Delivery', {
      delivery: validateDelivery(delivery),
      trials: [named('dev'), named('stage')],
      production: named('prod'),
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
  // Without it, `cdk synth` would not validate the stacks of a Stage.
  app.synth({ validateOnSynthesis: true });
}

void main();
