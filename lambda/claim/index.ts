import { LambdaVariable } from '../../lib/contract/environment';
import { layout } from '../../lib/contract/layout';
import {
  isSwitch,
  type Challenger,
  type Champion,
  type DeploymentClaim,
  type EndpointClaim,
} from '../../lib/contract/run';
import { variable } from '../shared/environment';
import { isRunning } from '../shared/execution';
import { logged } from '../shared/log';
import { Bucket } from '../shared/s3';
import { inForce, switching } from '../shared/switch-claim';
import { checkStanding, inProgress, type ClaimRequest } from './standing';

const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));

/**
 * `Claim deployment`: of two runs, one deploys. The claim is an object that can be written only while there is none, so
 * S3 settles who was first. It holds as long as its execution runs, however that ends; the next one takes it over.
 *
 * @throws PipelineError `DeploymentInProgress`, `EndpointSwitching`, `ChampionChanged` or `ChallengerUndecided`
 */
async function claimDeployment(request: ClaimRequest): Promise<DeploymentClaim> {
  const { runId, executionArn } = request;
  const claim: DeploymentClaim = { runId, executionArn };
  if (!(await artifacts.putNew(layout.deployment, claim))) await takeOver(claim);
  // Read with the claim in hand: from here on nobody else changes them.
  checkStanding(
    request,
    await artifacts.json<Champion>(layout.champion),
    await artifacts.json<Challenger>(layout.challenger),
  );
  return claim;
}

async function takeOver(claim: DeploymentClaim): Promise<void> {
  const held = await artifacts.read<EndpointClaim>(layout.deployment);
  if (!held) throw new Error(`${artifacts.uri(layout.deployment)} was deleted while it was claimed`);
  const holder = held.value;
  if (isSwitch(holder)) {
    if (inForce(holder, Date.now())) throw switching(holder);
  } else {
    // A retry of this very call finds its own claim.
    if (holder.executionArn === claim.executionArn) return;
    if (await isRunning(holder.executionArn)) throw inProgress(holder);
  }
  if (!(await artifacts.putOver(layout.deployment, claim, held.etag))) {
    throw isSwitch(holder) ? switching(holder) : inProgress(holder);
  }
}

export const handler = logged('Claim deployment', claimDeployment);
