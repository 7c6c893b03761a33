import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context } from '../../cdk.json';
import { DeliveryStack } from '../../lib/stacks/delivery-stack';
import project from '../../mlops.config';
import { everything } from '../../test/templates/support/everything';
import { roleStatements } from '../../test/templates/support/statements';
import { synthesise } from '../../test/templates/support/synthesis';
import { dev, prod, stage } from '../../test/support/configs';

/** Returns the resource types of all stacks, each with the names of its stacks. */
export function resourceTypes(): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  const add = (type: string, stack: string) => found.set(type, (found.get(type) ?? new Set()).add(stack));
  for (const config of everything) {
    const { storage, network, pipeline, inference } = synthesise(config);
    const stacks = { Storage: storage, Network: network, Pipeline: pipeline, Inference: inference };
    for (const [name, { resources }] of Object.entries(stacks))
      for (const { type } of resources) add(type, name);
  }
  for (const type of deliveryTypes()) add(type, 'Delivery');
  return new Map(
    [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, stacks]) => [type, [...stacks]]),
  );
}

/** Returns the actions that the roles of the pipelines' stacks are allowed, in alphabetical order. */
export function grantedActions(): string[] {
  const actions = everything.flatMap((config) =>
    Object.values(synthesise(config))
      .flatMap(roleStatements)
      .flatMap(({ Action }) => Action),
  );
  return [...new Set(actions)].sort();
}

function deliveryTypes(): string[] {
  const outdir = mkdtempSync(join(tmpdir(), 'evidence-'));
  try {
    const app = new App({ outdir, context });
    const stack = new DeliveryStack(app, 'Delivery', {
      delivery: { ...project.delivery!, account: '111122223333' },
      ...{ app: 'mlops', pipelines: [dev, stage, prod], gitCommit: 'c0ffee' },
    });
    const { Resources } = Template.fromStack(stack).toJSON() as {
      Resources: Record<string, { Type: string }>;
    };
    return Object.values(Resources).map(({ Type }) => Type);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
