import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { jsonata } from '../states/jsonata';
import { after, type Phase, type PhaseExit } from '../states/phase';
import type { BuildPhases } from './build/build';

export interface MakeModelProps {
  readonly build: BuildPhases;
  readonly preprocess: Phase;
  readonly train: Phase;
}

/**
 * ┬ ┬ build preprocessing → preprocess ┬→ train ┬→
 * │ └ build training ──────────────────┘        │
 * ├ build inference ────────────────────────────┤
 * └ build evaluation, if there is one ──────────┘
 *
 * Assigns `$data`, `$training`, `$images` (of preprocessing and training), `$inferenceImage` and `$evaluationImage`.
 */
export class MakeModel extends Construct implements Phase {
  readonly startState: sfn.State;
  readonly exits: { readonly done: PhaseExit };

  constructor(scope: Construct, id: string, { build, preprocess, train }: MakeModelProps) {
    super(scope, id);
    const buildPreprocessing = build.of('preprocessing');
    buildPreprocessing.exits.done.to(preprocess);
    const prepareTraining = sfn.Parallel.jsonata(this, 'PrepareTraining', {
      stateName: 'Prepare training',
      assign: { prepared: jsonata('$states.result[0]') },
      outputs: jsonata('$states.result[1]'),
    })
      .branch(buildPreprocessing.startState)
      .branch(build.of('training').startState);
    const collect = sfn.Pass.jsonata(this, 'Collect', {
      stateName: 'Keep data summary',
      outputs: {
        data: jsonata('$prepared.summary'),
        training: jsonata('$states.input'),
        images: { preprocessing: jsonata('$prepared.image'), training: jsonata('$states.input.image') },
      },
    });
    prepareTraining.next(train.startState);
    train.exits.done.to({ startState: collect });
    const buildAndTrain = sfn.Parallel.jsonata(this, 'BuildAndTrain', {
      stateName: 'Build images and train',
      assign: {
        data: jsonata('$states.result[0].data'),
        training: jsonata('$states.result[0].training'),
        images: jsonata('$states.result[0].images'),
        inferenceImage: jsonata('$states.result[1].image'),
        ...(build.evaluates && { evaluationImage: jsonata('$states.result[2].image') }),
      },
      outputs: {},
    })
      .branch(prepareTraining)
      .branch(build.of('inference').startState);
    if (build.evaluates) buildAndTrain.branch(build.of('evaluation').startState);
    this.startState = buildAndTrain;
    this.exits = { done: after(buildAndTrain) };
  }
}
