import type { State } from '../language/definition';
import { QueryEvaluationError, StatesError } from '../language/errors';
import type { JsonObject, JsonValue } from '../language/json';
import type { TemplateScope } from '../jsonpath/template';
import type { Flow, MapItem } from './flow';

/** States whose context object counts retries. */
const RETRYABLE: ReadonlySet<string> = new Set(['Task', 'Parallel', 'Map']);

/** One passage through a state, retries included. */
export class Visit<S extends State = State> {
  retryCount = 0;
  taskToken?: string;
  private readonly noted = new WeakSet<Error>();

  constructor(
    readonly flow: Flow,
    readonly name: string,
    readonly state: S,
    readonly input: JsonValue,
    readonly enteredEventId: number,
    private readonly enteredTime: number,
    private readonly precedingEventId: number,
  ) {}

  /** The context object; `item` while a Map state shapes the input of an iteration. */
  context(item: MapItem | undefined = this.flow.mapItem): JsonObject {
    const { Execution, StateMachine } = this.flow.environment.context;
    return {
      Execution: { RedriveCount: 0, ...Execution },
      StateMachine: { ...StateMachine },
      State: {
        Name: this.name,
        EnteredTime: new Date(this.enteredTime).toISOString(),
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

  /** An error of the interpreter itself, with the place in front of it as AWS writes it. */
  locate(cause: string): string {
    return `An error occurred while executing the state '${this.name}' (entered at the event id #${this.enteredEventId}). ${cause}`;
  }

  /** Records an expression's failure, once. */
  noteFailure(error: unknown): void {
    if (!(error instanceof QueryEvaluationError) || this.noted.has(error)) return;
    this.noted.add(error);
    // Where nothing happened since, Step Functions links the failure to what came before the state.
    if (this.flow.lastEventId === this.enteredEventId) this.flow.lastEventId = this.precedingEventId;
    this.flow.record('EvaluationFailed', {
      evaluationFailedEventDetails: {
        error: error.error,
        cause: error.errorCause,
        ...(error.location !== undefined && { location: error.location }),
        state: this.name,
      },
    });
  }

  runtimeError(cause: string): StatesError {
    return new StatesError('States.Runtime', this.locate(cause));
  }
}
