import { GetApiKeyCommand } from '@aws-sdk/client-api-gateway';
import { readFileSync, writeFileSync } from 'node:fs';
import { buffer as readAll } from 'node:stream/consumers';
import { escapeLines, escapeText, safeJson } from '../../containers/table/escape.ts';
import { isJson, isText } from '../../lib/contract/model';
import { askApi, type Api, type ApiAnswer } from '../api';
import { collectHeader, type CommandDescription, type CommonOptions } from '../command';
import { ExitCode, OperatorError, UsageError } from '../errors';
import { askGolden, type GoldenResult } from '../golden';
import { table, type Output } from '../output';
import { predictUrl } from '../environment';
import { signer } from '../signing';
import type { Pipeline } from '../pipeline';
import { refusal } from '../refusal';
import { requestFor } from '../request-content';

/** Answer of the model for tables. */
interface TableAnswer {
  modelVersion: string;
  predictions: ({ label: string; probabilities: Record<string, number> } | { value: number })[];
  warnings?: { field: string; message: string }[];
}

interface PredictOptions extends CommonOptions {
  contentType?: string;
  golden?: boolean;
  header?: Record<string, string>;
  output?: string;
}

export const predict: CommandDescription<PredictOptions> = {
  usage: 'predict [FILE]',
  summary: 'Sends a file to the API and shows the answer; "-" reads standard input.',
  examples: [
    ['predict rows.csv', 'CSV with a header or in the order of the schema, e.g. the training file'],
    ['predict request.json --json', '{"instances": [{"radius_mean": 17.99, …}]}; prints the API’s answer'],
    ['predict - < rows.csv', 'from standard input'],
    ['predict circle.png --model images', 'a file of the model’s content type'],
    ['predict --golden', 'exit code 1 if an answer differs from the evaluation’s'],
    ['predict rows.csv --header "Authorization: $TOKEN"', 'with a token of the user pool'],
  ],
  options: (command) =>
    command
      .option(
        '--content-type <type>',
        'content type of the file (default: the model’s only one, or by the file’s ending)',
      )
      .option(
        '--header <header>',
        'header of the requests, such as "Authorization: …" with a token; repeatable',
        collectHeader,
      )
      .option('--golden', 'send the golden requests of the model in production, and compare the answers')
      .option('--output <file>', 'write the body of the answer to a file'),
  action: async (pipeline, out, options, file) => {
    const { golden = false, contentType, header, output } = options;
    if (golden === (file !== undefined)) {
      throw new UsageError(
        golden
          ? `FILE is "${file}", and --golden is given too; give one of them.`
          : 'FILE is missing; give a file, - for standard input, or --golden.',
      );
    }
    if (golden) {
      const flag = Object.entries({ '--content-type': contentType, '--output': output }).find(
        ([, value]) => value !== undefined,
      );
      if (flag) throw new UsageError(`${flag[0]} is "${flag[1]}" with --golden; leave it out.`);
      return sendGolden(pipeline, out, header);
    }
    const request = requestFor(await readFileOrInput(file!), file!, contentType, pipeline.config);
    const { returns } = pipeline.config.api;
    const answer = await askApi(await apiOf(pipeline, header), request, { returns, pollMs: pipeline.pollMs });
    if (answer.status !== 200) throw new OperatorError(refusal(answer.status, answer.body.toString('utf8')));
    show(answer, out, output);
    return ExitCode.Ok;
  },
};

async function apiOf(
  { config, gateway, outputs }: Pipeline,
  headers: PredictOptions['header'],
): Promise<Api> {
  const url = predictUrl(outputs, process.env);
  const { value } = await gateway.send(
    new GetApiKeyCommand({ apiKey: outputs.ApiKeyId!, includeValue: true }),
  );
  const isSigned = config.api.authorization?.kind === 'iam';
  return { url, key: value!, headers, ...(isSigned && { sign: signer(gateway) }) };
}

async function sendGolden(
  pipeline: Pipeline,
  out: Output,
  headers: PredictOptions['header'],
): Promise<ExitCode> {
  const result = await askGolden(pipeline, await apiOf(pipeline, headers));
  out.result(result, () => renderGolden(result));
  return result.requests.every(({ difference }) => difference === null) ? ExitCode.Ok : ExitCode.Failed;
}

function renderGolden(result: { modelVersion: string; requests: readonly GoldenResult[] }): string {
  const { modelVersion, requests } = result;
  const wrong = requests.filter(({ difference }) => difference !== null).length;
  return [
    table(
      ['REQUEST', 'CONTENT TYPE', 'VARIANT', 'ANSWER'],
      requests.map(({ contentType, variant, difference }, i) => [
        ...[i + 1, contentType, variant],
        difference === null ? 'as in the evaluation' : `differs: ${difference}`,
      ]),
    ),
    '',
    `model ${modelVersion}: ${requests.length - wrong} of ${requests.length} golden requests answered as in its evaluation`,
  ].join('\n');
}

async function readFileOrInput(file: string): Promise<Buffer> {
  if (file === '-') return readAll(process.stdin);
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(
      `FILE is "${file}", which cannot be read (${(error as NodeJS.ErrnoException).code}); use a file, or - for standard input.`,
    );
  }
}

/** Shows an answer, or writes it to a file. @throws OperatorError for bytes without a file */
function show(
  { contentType, body, answer, variant }: ApiAnswer,
  out: Output,
  file: string | undefined,
): void {
  if (file !== undefined) {
    writeFileSync(file, body);
    const written = { file, contentType, bytes: body.length, variant };
    out.result(written, () => `${file}: ${body.length} bytes of ${contentType}, variant ${variant ?? '–'}`);
  } else if (isJson(contentType)) {
    out.result(JSON.parse(body.toString('utf8')), () => renderJson(answer, variant));
  } else if (isText(contentType)) {
    out.result({ contentType, variant, answer }, () => escapeLines(body.toString('utf8').trimEnd()));
  } else {
    throw new OperatorError(
      `the answer is ${body.length} bytes of ${contentType}, which is no text; write it to a file with --output.`,
    );
  }
}

function renderJson(answer: unknown, variant: string | null): string {
  if (isTableAnswer(answer)) return renderTable(answer, variant);
  return [safeJson(answer, 2), '', `variant ${variant ?? '–'}`].join('\n');
}

function isTableAnswer(answer: unknown): answer is TableAnswer {
  const { predictions, modelVersion } = (answer ?? {}) as { predictions?: unknown; modelVersion?: unknown };
  const isOf = (row: unknown) =>
    typeof row === 'object' &&
    row !== null &&
    (('label' in row && 'probabilities' in row) || typeof (row as { value?: unknown }).value === 'number');
  return (
    typeof modelVersion === 'string' &&
    Array.isArray(predictions) &&
    predictions.length > 0 &&
    predictions.every(isOf)
  );
}

function renderTable(
  { modelVersion, predictions, warnings = [] }: TableAnswer,
  variant: string | null,
): string {
  const numbers = predictions.some((prediction) => 'value' in prediction);
  const rows = predictions.map((prediction, i) =>
    'value' in prediction
      ? [i + 1, prediction.value]
      : [
          i + 1,
          prediction.label,
          `${((prediction.probabilities[prediction.label] ?? 0) * 100).toFixed(1)} %`,
        ],
  );
  return [
    table(numbers ? ['ROW', 'VALUE'] : ['ROW', 'LABEL', 'PROBABILITY'], rows),
    '',
    ...warnings.map(({ field, message }) => `warning: ${escapeText(field)}: ${escapeText(message, 300)}`),
    `model ${modelVersion}, variant ${variant ?? '–'}`,
  ].join('\n');
}
