/**
 * Writes `src/facts/*.json`: what AWS's own models say about the resource types and operations of the local cloud.
 * A developer runs it when the local cloud gets a new resource type or operation, or when AWS's models change. The
 * files are committed; users never run it.
 *
 * It reads three published packages:
 *
 * - `@aws-cdk/aws-service-spec` 0.1.216 (npm, Apache-2.0): properties, required ones, attributes, replacement.
 *     npm install --prefix SPEC @aws-cdk/aws-service-spec@0.1.216
 * - `cfn-lint` 1.51.0 (PyPI, MIT-0): AWS's resource provider schemas of us-east-1, for types and constraints. cfn-lint
 *   stores them with its patches applied, and also the patches, so the origin of each constraint is known:
 *   AWS's schema; the API model of the service (`smithy.json`); written by hand by cfn-lint (`manual.json`). The last
 *   kind is left out: some are outdated (CodeBuild's 480 minutes) or too narrow (the storage of FSx,
 *   https://github.com/aws-cloudformation/cfn-lint/pull/4708). `src/facts/supplements.ts` has the ones that AWS's
 *   documentation confirms.
 * - `botocore` 1.43.11 (PyPI, Apache-2.0): the services' API models (`service-2.json`), for the constraints of inputs.
 *     pip install cfn-lint==1.51.0 botocore==1.43.11
 *
 * Node 24, from the repository's root, with the SDK clients installed (their schemas confirm the members' names):
 *
 *     npm run build && node packages/local-cloud/scripts/facts.mjs SPEC/node_modules SITE_PACKAGES
 *
 * SITE_PACKAGES is the folder that contains `cfnlint` and `botocore`
 * (`python3 -c 'import cfnlint, os; print(os.path.dirname(os.path.dirname(cfnlint.__file__)))'`).
 *
 * The same inputs give the same bytes. It prints what it left out, and where the sources disagree.
 */
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RESOURCE_SUPPLEMENTS } from '../src/facts/supplements.ts';
import { operations } from './facts/operations.mjs';
import { Output } from './facts/output.mjs';
import { resourceTypes } from './facts/resource-types.mjs';

const [specModules, sitePackages] = process.argv.slice(2);
if (!specModules || !sitePackages) {
  console.error('usage: facts.mjs SPEC/node_modules SITE_PACKAGES');
  process.exit(1);
}

const project = resolve(dirname(fileURLToPath(import.meta.url)), '..');
/** What the built package has: operations and types that were added since the last build are not in it. */
const supported = createRequire(import.meta.url)('../dist/testing.js').supported();
const output = new Output(join(project, 'src/facts'));

const types = resourceTypes({ specModules, sitePackages, supported }, output);
for (const { type, at } of RESOURCE_SUPPLEMENTS) {
  const schema = at.split('/').reduce((node, key) => node?.[key], types[type]);
  if (!schema) throw new Error(`supplements.ts: ${type} has no ${at}`);
}
output.write('resource-types.json', types, 1);
for (const [service, facts] of operations({ sitePackages, supported }, output)) {
  output.write(`operations/${service}.json`, facts, 2);
}
output.writeLeftOut();
