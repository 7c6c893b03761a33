import { GetApiKeyCommand } from '@aws-sdk/client-api-gateway';
import { readFileSync } from 'node:fs';
import { buffer as readAll } from 'node:stream/consumers';
import { escapeText } from '../../containers/table/escape.ts';
import type { CommandDescription, CommonOptions } from '../command';
import { ExitCode, OperatorError, UsageError } from '../errors';
import { table } from '../output';
import { predictUrl } from '../environment';
import { requestOf } from '../request-file';

interface Answer {
  modelVersion: string;
  variant: string;
  predictions: ({ label: string; probabilities: Record<string, number> } | { value: number })[];
  warnings?: { field: string; message: string }[];
}

/** More than API Gateway's integration timeout, 29 s. */
const TIMEOUT_MS = 35_000;

export const predict: CommandDescription<CommonOptions> = {
  usage: 'predict <FILE>',
  summary:
    'Sends the rows of a JSON or CSV file to the API and shows the predictions; "-" reads standard input.',
  examples: [
    ['predict rows.csv', 'CSV with a header or in the order of the schema, e.g. the training file'],
    ['predict request.json --json', '{"instances": [{"radius_mean": 17.99, …}]}; prints the API’s answer'],
    ['predict - < rows.csv', 'from standard input'],
  ],
  action: async ({ gateway, outputs }, out, _, argument) => {
    const { contentType, body } = requestOf(await readFileOrInput(argument!), argument!);
    const url = predictUrl(outputs, process.env);
    const { value } = await gateway.send(
      new GetApiKeyCommand({ apiKey: outputs.ApiKeyId!, includeValue: true }),
    );
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': contentType, 'x-api-key': value! },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: Error) => {
      throw new OperatorError(`the API at ${url} did not answer: ${String(error.cause ?? error.message)}.`);
    });
    const said = await response.text();
    if (response.status !== 200) throw new OperatorError(refusal(response.status, said));
    const answer = JSON.parse(said) as Answer;
    out.result(answer, () => render(answer));
    return ExitCode.Ok;
  },
};

async function readFileOrInput(file: string): Promise<Buffer> {
  if (file === '-') return readAll(process.stdin);
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(
      `FILE is "${file}", which cannot be read (${(error as NodeJS.ErrnoException).code}); use a JSON or CSV file, or - for standard input.`,
    );
  }
}

/** Returns the error message for an answer of the API, or of a proxy before it. */
export function refusal(status: number, said: string): string {
  try {
    const { code, message } = (JSON.parse(said) as { error: { code: string; message: string } }).error;
    return `the API returned ${status} ${code}: ${escapeText(message, 2_000)}`;
  } catch {
    return `the API returned ${status}: ${escapeText(said, 200)}`;
  }
}

function render({ modelVersion, variant, predictions, warnings = [] }: Answer): string {
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
    `model ${modelVersion}, variant ${variant}`,
  ].join('\n');
}
