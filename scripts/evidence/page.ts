import { actionExists } from 'local-cloud/testing';
import * as reviewed from '../../test/permissions/reviewed';
import { serviceCalls, STATE_MACHINE, type ServiceCall } from './calls';
import type { Citation } from './citations';
import { assertReasonsNeeded, judgeCall, judgeType, parameters, type Judgement } from './judges';
import { REASONS } from './reasons';
import { grantedActions, resourceTypes } from './templates';

/** Returns the text of `docs/evidence.md`. */
export function evidencePage(): string {
  const calls = serviceCalls().map((call) => ({ call, judged: judgeCall(call) }));
  const types = [...resourceTypes()].map(([type, stacks]) => ({ type, stacks, judged: judgeType(type) }));
  assertReasonsNeeded([
    ...calls.filter(({ judged }) => judged.reason).map(({ call }) => `${call.service}:${call.operation}`),
    ...types.filter(({ judged }) => judged.reason).map(({ type }) => type),
  ]);
  const sources = new Sources([...calls, ...types].map(({ judged }) => judged));
  const services = [...new Set(calls.map(({ call }) => call.service))];
  return [
    HEAD,
    counts(calls, types),
    '## Calls',
    ...services.flatMap((service) => [
      `### ${service}`,
      callTable(
        calls.filter(({ call }) => call.service === service),
        sources,
      ),
    ]),
    parameterTable(calls.map(({ call }) => call)),
    typeTable(types, sources),
    permissionTable(calls.map(({ call }) => call)),
    reasonList(),
    `${sources.list()}\n`,
  ].join('\n\n');
}

const HEAD = `# What each call is checked against

Generated from the code by \`npm run evidence\`. Nobody has deployed this version to an AWS account. This page says, for each call and
each resource type, what checks it on this machine, and where nothing does.

| judge | what it proves | source |
| --- | --- | --- |
| schema | names and types of the request's members, and of the answer's | the SDK's own schemas, at run time |
| constraints | required members, enumerations, lengths, ranges, patterns: their number | AWS's API models, AWS's provider schemas of CloudFormation ([facts](../packages/local-cloud/src/facts/README.md)) |
| recorded | an answer of AWS, recorded by others | numbers of the [sources](#sources) |
| documented | a rule of AWS's documentation, with address or title | numbers of the sources |
| reported | a message of AWS, quoted in an issue | numbers of the sources |
| **nobody** | nothing: what AWS does with the request is an assumption | letters of the [reasons](#reasons), with what remains open |

The local cloud refuses what these judges refuse: each call of \`npm test\` passes them. Permissions of each call are checked against AWS's
Service Authorization Reference and the synthesised policies.`;

interface JudgedCall {
  readonly call: ServiceCall;
  readonly judged: Judgement;
}

interface JudgedType {
  readonly type: string;
  readonly stacks: readonly string[];
  readonly judged: ReturnType<typeof judgeType>;
}

function counts(calls: readonly JudgedCall[], types: readonly JudgedType[]): string {
  const run = calls.filter(({ call }) => ofRun(call));
  const rows = [
    ['calls of the state machine and of functions', run],
    ['calls of the command line only', calls.filter(({ call }) => !ofRun(call))],
  ] as const;
  const known = types.filter(({ judged }) => judged.constraints !== undefined);
  return [
    table(
      ['', 'number', 'with a schema', 'recorded', 'documented or reported', 'nobody'],
      rows.map(([name, some]) => [
        ...[name, some.length, some.filter(({ judged }) => judged.constraints !== undefined).length],
        some.filter(({ judged }) => has(judged, 'recorded')).length,
        some.filter(({ judged }) => !has(judged, 'recorded') && judged.citations.length > 0).length,
        some.filter(({ judged }) => judged.citations.length === 0).length,
      ]),
    ),
    `${known.length} of ${types.length} resource types are checked against AWS's provider schemas.`,
  ].join('\n\n');
}

const ofRun = ({ callers }: ServiceCall) => callers.some((each) => !each.startsWith('cli'));
const has = ({ citations }: Judgement, kind: Citation['kind']) =>
  citations.some((each) => each.kind === kind);

function callTable(calls: readonly JudgedCall[], sources: Sources): string {
  return table(
    ['call', 'called by', 'request', 'behaviour'],
    calls.map(({ call, judged }) => [
      ...[`\`${call.operation}\``, callers(call)],
      judged.constraints === undefined ? '**nobody**' : `schema${rules(judged.constraints)}`,
      judged.citations.length > 0 ? sources.cell(judged) : `**nobody** ${letter(judged.reason!)}`,
    ]),
  );
}

const rules = (constraints: number) =>
  constraints === 0 ? '' : constraints === 1 ? ', 1 constraint' : `, ${constraints} constraints`;

/** Returns the letter of a reason in the list of {@link reasonList}. */
const letter = (reason: string) =>
  String.fromCharCode('a'.charCodeAt(0) + REASONS.findIndex((each) => each.reason === reason));

const reasonList = () =>
  ['## Reasons', REASONS.map(({ reason }) => `- **${letter(reason)}**: ${reason}`).join('\n')].join('\n\n');

const callers = (call: ServiceCall) =>
  call.callers.map((each) => (each === STATE_MACHINE ? each : `\`${each}/\``)).join(', ');

function parameterTable(calls: readonly ServiceCall[]): string {
  const rows = parameters(calls);
  const bySource = [...new Set(rows.map(({ source }) => source))].sort().map((source) => {
    const some = rows.filter((row) => row.source === source);
    return [
      source === 'not proven'
        ? '**nobody**: a published definition has it; nobody says that it has run'
        : source,
      [...new Set(some.map(({ operation }) => operation))]
        .map(
          (name) =>
            `${name}: ${some
              .filter((row) => row.operation === name)
              .map((row) => `\`${row.name}\``)
              .join(' ')}`,
        )
        .join('; '),
    ];
  });
  return [
    '## Arguments of optimized tasks',
    'Step Functions itself refuses arguments that its optimized integrations of SageMaker do not support. AWS no longer lists them.',
    table(['source', 'arguments of this pipeline'], bySource),
  ].join('\n\n');
}

function typeTable(types: readonly JudgedType[], sources: Sources): string {
  return [
    '## Resource types',
    table(
      ['type', 'stacks', 'properties', 'documented'],
      types.map(({ type, stacks, judged }) => [
        ...[`\`${type}\``, stacks.join(', ')],
        judged.constraints === undefined
          ? judged.reason === undefined
            ? 'no schema'
            : `**nobody** ${letter(judged.reason)}`
          : `schema of ${judged.properties} properties${rules(judged.constraints)}`,
        sources.cell(judged),
      ]),
    ),
  ].join('\n\n');
}

/** Permissions without a call of the same name: AWS's services use them in the name of a role. */
function permissionTable(calls: readonly ServiceCall[]): string {
  const operations = new Set(calls.map(({ operation }) => operation));
  const granted = grantedActions();
  const unknown = granted.filter((action) => !actionExists(action));
  if (unknown.length > 0) throw new Error(`AWS has no actions ${unknown.join(', ')}`);
  const others = granted.filter((action) => !operations.has(action.split(':')[1]!));
  const { FUNCTION_TRACES, MODEL_LOGS, NETWORK, PREDICTION_METRICS, UNEXERCISED } = reviewed;
  const open = [FUNCTION_TRACES, MODEL_LOGS, PREDICTION_METRICS, ...NETWORK, ...UNEXERCISED];
  const rows = others.map((action): [string, string] => [
    action,
    [...new Set(open.filter(({ actions }) => actions.includes(action)).map(({ reason }) => reason))].join(
      '; ',
    ),
  ]);
  return [
    '## Permissions that services use for a role',
    `All ${granted.length} actions that roles are granted are in AWS's Service Authorization Reference. ${others.length} of them have no call of the same name above: SageMaker, CodeBuild, Lambda and Step Functions use them in the name of a role. \`npm run test:permissions\` revokes each grant in turn, and a run then has to fail; so for these, what needs them is known:`,
    rows
      .filter(([, reason]) => reason === '')
      .map(([action]) => `\`${action}\``)
      .join(' '),
    'Nobody proves the need of these, at least for some roles:',
    table(
      ['permission', 'reason'],
      rows.filter(([, reason]) => reason !== '').map(([action, reason]) => [`\`${action}\``, reason]),
    ),
  ].join('\n\n');
}

/** The cited sources, numbered. */
class Sources {
  private readonly texts: readonly string[];

  constructor(judgements: readonly Judgement[]) {
    this.texts = [
      ...new Set(judgements.flatMap(({ citations }) => citations.map(({ text }) => text))),
    ].sort();
  }

  /** Returns e.g. `recorded 3, documented 5 8`. */
  cell({ citations }: Judgement): string {
    return (['recorded', 'documented', 'reported'] as const)
      .map((kind) => ({ kind, of: citations.filter((each) => each.kind === kind) }))
      .filter(({ of }) => of.length > 0)
      .map(({ kind, of }) => {
        const numbers = of.map(({ text }) => this.texts.indexOf(text) + 1).sort((a, b) => a - b);
        return `${kind} ${numbers.join(' ')}`;
      })
      .join(', ');
  }

  list(): string {
    const lines = this.texts.map(
      (text, index) => `${index + 1}. ${text.startsWith('https://') ? `<${text}>` : text}`,
    );
    return `## Sources\n\n${lines.join('\n')}`;
  }
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
