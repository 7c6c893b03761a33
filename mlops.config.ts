import { images } from './examples/images/model';
import { trips } from './examples/own-server/model';
import { text } from './examples/text/model';
import { dev, local, prod, stage, table, UNASSIGNED, type Project } from './lib';

/** The pipelines of this repository: models, and the places where each runs. */
const project: Project = {
  name: 'mlops',
  pipelines: [
    { model: table, places: [local, dev, stage, prod] },
    // Worked examples, which run on this machine: docs/bring-your-own-model.md.
    { model: images, places: [local] },
    { model: text, places: [local] },
    { model: trips, places: [local] },
  ],
  // Placeholder values for a team to replace; they synthesise, and cannot be deployed.
  delivery: {
    account: UNASSIGNED,
    region: 'eu-west-1',
    repository: 'example/sagemaker-mlops-pipeline',
    branch: 'main',
    connectionArn: `arn:aws:codeconnections:eu-west-1:${UNASSIGNED}:connection/00000000-0000-0000-0000-000000000000`,
  },
};

export default project;
