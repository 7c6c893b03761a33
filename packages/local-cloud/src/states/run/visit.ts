import type { State } from '../language/definition';
import { QueryEvaluationError, StatesError } from '../language/errors';
import type { JsonObject, JsonValue } from '../language/json';
import type { TemplateScope } from '../jsonpath/template';
import type { Flow, MapItem } from './flow';
import type { BranchesProgress, EnteredState } from './progress';

/** States whose context object counts retries. */
const RETRYABLE: ReadonlySet<string> = new Set(['Task', 'Parallel', 'Map']);

/** One visit of a state, including its retries. */
export class Visit<S extends State = State> {
  retryCount = 0;
  taskToken?: string;
  readonly name: string;
  readonly input: JsonValue;
  private readonly noted = new WeakSet<Error>();
  private branches?: BranchesProgress;

  constructor(
    readonly flow: Flow,
    readonly state: S,
    private readonly entered: EnteredState,
  ) {
    this.name = entered.name;
    this.input = entered.input;
    this.branches = entered.branches;
  }

  /** Returns the branches to continue after a redrive, once: a retry runs all of them again. */
  takeBranches(): BranchesProgress | undefined {
    const { branches } = this;
    this.branches = undefined;
    return branches;
  }

  /** Returns the context object; `item` is set while a Map state builds the input of an iteration. */
  context(item: MapItem | undefined = this.flow.mapItem): JsonObject {
    const { Execution, StateMachine } = this.flow.environment.context;
    return {
      Execution: { RedriveCount: 0, ...Execution },
      StateMachine: { ...StateMachine },
      State: {
        Name: this.name,
        EnteredTime: new Date(this.entered.time).toISOString(),
        ...(RETRYABLE.has(this.state.Type) && { RetryCount: this.retryCount }),
      },
      ...(this.taskToken !== undefined && { Task: { Token: this.taskToken } }),
      ...(item && { Map: { Item: { ...item } } }),
    };
  }

  scope(data: JsonValue, item?: MapItem): TemplateScope {
    return {
      data,
      context: this.context(item),
      variable: (name) => this.flow.variables.get(name),
      random: this.flow.environment.random,
    };
  }

  /** Returns the message of an error of the interpreter itself, with the location first, as AWS writes it. */
  locate(cause: string): string {
    return `An error occurred while executing the state '${this.name}' (entered at the event id #${this.entered.eventId}). ${cause}`;
  }

  /**
   * Assigns the state's variables. Variables that are too large are recorded after the state's entry, unlike a failed
   * expression:
   * https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/stepfunctions/variable_limits.json
   * (`total-over-10m`, a recording of 2026-09-24).
   *
   * @throws StatesError States.DataLimitExceeded
   */
  assign(assigned: JsonObject): void {
    try {
      this.flow.variables.assign(assigned, this.name);
    } catch (error) {
      this.recordEvaluationFailed(error as StatesError);
      throw error;
    }
  }

  /** Records an expression's failure, once. */
  noteFailure(error: unknown): void {
    if (!(error instanceof QueryEvaluationError) || this.noted.has(error)) return;
    this.noted.add(error);
    const { eventId, precedingEventId } = this.entered;
    // If nothing happened since its entry, Step Functions links the failure to what came before the state; for a Wait
    // state to the entry. Recordings: `BASE_UNDEFINED_…` and `test_wait_timestamp_jsonata` in
    // https://github.com/localstack/localstack/tree/8b9a79f05846835cf4dff63ab7eefdde9df83783/tests/aws/services/stepfunctions/v2
    if (this.flow.lastEventId === eventId && this.state.Type !== 'Wait')
      this.flow.lastEventId = precedingEventId;
    this.recordEvaluationFailed(error, error.location);
  }

  private recordEvaluationFailed({ error, errorCause: cause }: StatesError, location?: string): void {
    this.flow.record('EvaluationFailed', {
      evaluationFailedEventDetails: { error, cause, ...(location && { location }), state: this.name },
    });
  }

  runtimeError(cause: string): StatesError {
    return new StatesError('States.Runtime', this.locate(cause));
  }
}
