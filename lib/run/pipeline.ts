import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { RunStateMachine } from '../states/state-machine';
import { ApprovePhase } from './approve/approve';
import { BuildPhases } from './build/build';
import { DeployPhase } from './deploy/deploy';
import { longestRun } from './duration';
import { EvaluatePhase } from './evaluate/evaluate';
import { JobLogs } from './job-logs';
import { MakeModel } from './make-model';
import { PreparePhase } from './prepare/prepare';
import { PreprocessPhase } from './preprocess/preprocess';
import { RegisterPhase } from './register/register';
import { ReportPhase } from './report/report';
import { ScorePhase } from './score/score';
import { RestorePhase } from './restore/restore';
import type { RunContext } from './shared/context';
import { DENIED, Rejection, REJECTED } from './shared/rejection';
import { TrainPhase } from './train/train';

export type TrainingPipelineProps = Omit<RunContext, 'machine'>;

/** The map of a run: its phases, and which follows which. */
export class TrainingPipeline extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: TrainingPipelineProps) {
    super(scope, id);
    const { config, store } = props;
    const machine = new RunStateMachine(this, 'StateMachine', {
      config,
      comment: 'Trains a model and deploys it if it passes the gate',
      timeout: longestRun(config),
    });
    const run: RunContext = { ...props, machine };
    const { serving } = config.endpoint;

    const prepare = new PreparePhase(this, 'Prepare', run);
    const logs = new JobLogs(this, 'JobLogs', config);
    const makeModel = new MakeModel(this, 'MakeModel', {
      build: new BuildPhases(this, 'Build', run),
      preprocess: new PreprocessPhase(this, 'Preprocess', run),
      train: new TrainPhase(this, 'Train', run),
    });
    const evaluate = new EvaluatePhase(this, 'Evaluate', run);
    const register = new RegisterPhase(this, 'Register', run);
    const approve = config.approval ? new ApprovePhase(this, 'Approve', run) : undefined;
    // One id: lock and model role stay when the kind of serving changes.
    const score = serving.kind === 'batch' ? new ScorePhase(this, 'Deploy', { run, serving }) : undefined;
    const deploy = score ?? new DeployPhase(this, 'Deploy', run);
    const report = new ReportPhase(this, 'Report', run);

    const restore = new RestorePhase(this, 'Restore', { run, parts: deploy.parts, report: report.fn });

    const { nothingToDo } = prepare;
    prepare.exits.planned.to(logs);
    logs.exits.done.to(restore);
    restore.exits.trains.to(makeModel);
    restore.exits.rest.to(prepare.anythingChanged);
    prepare.exits.unchanged.to(score?.newInputs(nothingToDo) ?? nothingToDo);
    prepare.exits.changed.to(makeModel);
    makeModel.exits.done.to(evaluate);
    evaluate.exits.judged.to(register);
    register.exits.rejected.to(new Rejection(this, 'Reject', { store, words: REJECTED }));
    register.exits.accepted.to(approve ?? deploy);
    approve?.exits.denied.to(new Rejection(this, 'Deny', { store, words: DENIED }));
    approve?.exits.approved.to(deploy);
    deploy.exits.done.to(report);

    machine.define(prepare);
    this.stateMachine = machine.machine;
  }
}
