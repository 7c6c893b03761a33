import type { JsonObject, JsonValue } from './json';

/** The subset of the Amazon States Language (https://states-language.net) that the interpreter runs. */
export interface StateMachineDefinition extends StateGraph {
  readonly Comment?: string;
  readonly Version?: string;
  readonly QueryLanguage?: QueryLanguage;
  readonly TimeoutSeconds?: number;
}

export type QueryLanguage = 'JSONPath' | 'JSONata';

/** A set of states with its first state: the machine itself, a branch of Parallel, the processor of Map. */
export interface StateGraph {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export type State =
  | TaskState
  | PassState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

interface StateFields {
  readonly Comment?: string;
  readonly QueryLanguage?: QueryLanguage;
  readonly InputPath?: string | null;
  readonly OutputPath?: string | null;
  readonly Output?: JsonValue;
}

interface StepFields extends StateFields {
  readonly Next?: string;
  readonly End?: true;
  readonly Assign?: JsonObject;
}

interface ResultFields extends StepFields {
  readonly Parameters?: JsonValue;
  readonly Arguments?: JsonValue;
  readonly ResultSelector?: JsonObject;
  readonly ResultPath?: string | null;
}

interface FallibleFields extends ResultFields {
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'NONE' | 'FULL';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly ResultPath?: string | null;
  readonly Assign?: JsonObject;
  readonly Output?: JsonValue;
}

export interface TaskState extends FallibleFields {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Credentials?: JsonObject;
  readonly TimeoutSeconds?: number | string;
  readonly TimeoutSecondsPath?: string;
  readonly HeartbeatSeconds?: number | string;
  readonly HeartbeatSecondsPath?: string;
}

export interface PassState extends ResultFields {
  readonly Type: 'Pass';
  readonly Result?: JsonValue;
}

export interface WaitState extends StepFields {
  readonly Type: 'Wait';
  readonly Seconds?: number | string;
  readonly SecondsPath?: string;
  readonly Timestamp?: string;
  readonly TimestampPath?: string;
}

export interface ChoiceState extends StateFields {
  readonly Type: 'Choice';
  readonly Choices: readonly ChoiceRule[];
  readonly Default?: string;
  readonly Assign?: JsonObject;
}

/** A top-level rule of `Choices`: a JSONata `Condition`, or a JSONPath test. */
export interface ChoiceRule extends ChoiceTest {
  readonly Next: string;
  readonly Condition?: string | boolean;
  readonly Assign?: JsonObject;
  readonly Output?: JsonValue;
}

/** `And`, `Or`, `Not`, or a `Variable` with one comparison operator. */
export interface ChoiceTest {
  readonly And?: readonly ChoiceTest[];
  readonly Or?: readonly ChoiceTest[];
  readonly Not?: ChoiceTest;
  readonly Variable?: string;
  readonly [operator: string]: unknown;
}

export interface SucceedState extends StateFields {
  readonly Type: 'Succeed';
}

export interface FailState {
  readonly Type: 'Fail';
  readonly Comment?: string;
  readonly QueryLanguage?: QueryLanguage;
  readonly Error?: string;
  readonly ErrorPath?: string;
  readonly Cause?: string;
  readonly CausePath?: string;
}

export interface ParallelState extends FallibleFields {
  readonly Type: 'Parallel';
  readonly Branches: readonly StateGraph[];
}

export interface MapState extends FallibleFields {
  readonly Type: 'Map';
  readonly ItemProcessor?: StateGraph;
  /** The name of ItemProcessor before 2022, still accepted. */
  readonly Iterator?: StateGraph;
  readonly Items?: JsonValue;
  readonly ItemsPath?: string;
  readonly ItemSelector?: JsonValue;
  readonly MaxConcurrency?: number | string;
  readonly MaxConcurrencyPath?: string;
}

/** Returns true if the whole text is one JSONata expression: `{% … %}`, without blanks outside. */
export function isJsonataString(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('{%') && value.endsWith('%}') && value.length >= 4;
}

/** Returns the expression within `{% … %}`. */
export function jsonataSource(text: string): string {
  return text.slice(2, -2).trim();
}
