import { rollbackTarget } from '../../cli/champions';
import { collect, whole } from '../../cli/command';
import { settled } from '../../cli/commands/approve';
import { refusal } from '../../cli/refusal';
import { chooseEnvironment, predictUrl } from '../../cli/environment';
import { explain } from '../../cli/errors';
import { requestOf } from '../../cli/request-file';
import { checkRunName } from '../../cli/start-run';
import { checkWeights, testWeights } from '../../cli/weights';
import { absence } from '../../cli/working-hours';
import { choosePipeline } from '../../lib/config/find';
import { environments } from '../support/configs';
import type { Champion } from '../../lib/contract/run';
import { ANSWER, ENDS } from '../lambda/support/approval-question';
import { berlin, DAY, NIGHT } from '../support/working-hours';

/** The wording of the command line's messages. Other tests assert error classes, names and values only. */

const A = { runId: 'A', endpointConfigName: 'config-A' } as Champion;
const B = { runId: 'B', endpointConfigName: 'config-B' } as Champion;
const outputs = { EndpointName: 'e', WorkingHoursOfEndpoint: JSON.stringify(berlin) };
const local = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4577' };
const named = (name: string, message: string) => Object.assign(new Error(message), { name });

test.each<[string, () => unknown]>([
  [
    '"epochs" is not of the form name=value, e.g. training.epochs=5.',
    () => collect('training.epochs=5')('epochs'),
  ],
  ['"a" was given twice; give each name once.', () => collect('b=1')('a=2', { a: '1' })],
  ['"1e1" is not a whole number from 1 to 100.', () => whole(1, 100)('1e1')],
  [
    '--environment is "Dev"; allowed are lower-case letters, digits and hyphens; use a place of mlops.config.ts, such as dev.',
    () => chooseEnvironment('Dev', {}),
  ],
  [
    '--environment is "moon"; allowed are local, dev, stage, prod; use one of them, or add the place in mlops.config.ts',
    () => choosePipeline(environments, { environment: 'moon' }),
  ],
  [
    '--model is "x"; the place "dev" has table; use one of them, or add the model in mlops.config.ts',
    () => choosePipeline(environments, { environment: 'dev', model: 'x' }),
  ],
  [
    'this environment has no API, because endpoint.serving.kind is "batch"; upload files below the serving prefix of the data bucket, and start a run.',
    () => predictUrl({}, {}),
  ],
  [
    'MLOPS_API_URL is ""; on the local cloud it must be the URL of the APIs; set it to the URL that npm start or npm run cloud printed, e.g. http://127.0.0.1:8788.',
    () => predictUrl({ PredictUrl: 'https://a.b/c' }, local),
  ],
  [
    '--name is "a b"; allowed are 1 to 80 letters, digits, hyphens and underscores; without --name it is made from the time.',
    () => checkRunName('a b'),
  ],
  [
    '--variant is "c"; the endpoint has no such variant; allowed are a, b.',
    () => checkWeights({ c: '1' }, { a: 1, b: 1 }),
  ],
  [
    '--variant a has the weight "-1"; allowed are numbers of 0 or more, e.g. a=20.',
    () => checkWeights({ a: '-1' }, { a: 1, b: 1 }),
  ],
  [
    '--variant sets every weight to 0, so no variant would receive requests; set at least one above 0.',
    () => checkWeights({ a: '0', b: '0' }, { a: 1, b: 1 }),
  ],
  [
    '--challenger is 10, but there is no A/B test: the endpoint has the variants a. A run with the strategy abTest starts one. (The share that a shadow receives is endpoint.deployment.copyPercent.)',
    () => testWeights(10, { a: 1 }),
  ],
  [
    'there is no champion yet, so a rollback is not possible; deploy a model first (mlops run --wait).',
    () => rollbackTarget([], 'config-A', undefined),
  ],
  [
    'there is no champion before "A", so a rollback is not possible; mlops models lists the champions.',
    () => rollbackTarget([A], 'config-A', undefined),
  ],
  [
    'the endpoint serves configuration "config-X"; the champion\'s is "config-B": a run is deploying, or the endpoint was changed by hand; wait for the run, return to the champion with mlops endpoint restore, or set a version with --to.',
    () => rollbackTarget([B, A], 'config-X', undefined),
  ],
  [
    'version "B" is already in service; set another one with --to.',
    () => rollbackTarget([B, A], 'config-B', 'B'),
  ],
  [
    '--to is "Z", which was never a champion; use a version that mlops models lists.',
    () => rollbackTarget([B, A], 'config-B', 'Z'),
  ],
  [
    `run "r" was already answered at 2026-01-02 10:00:00 UTC: ${ANSWER.message}; the first answer is valid.`,
    () => settled({ kind: 'answered', answer: ANSWER }, 'r'),
  ],
  ['run "r" has ended; it can no longer be approved or rejected.', () => settled({ kind: 'late' }, 'r')],
  [
    'the approval of run "r" expired at 2026-01-04 03:04:05 UTC; its model is rejected.',
    () => settled({ kind: 'expired', expiresAt: ENDS }, 'r'),
  ],
  [
    'run "r" does not wait for approval; a run asks for it after the gate, if the configuration requires it; see mlops status r.',
    () => settled({ kind: 'unknown' }, 'r'),
  ],
  [
    'FILE is "x.parquet", a Parquet file; the API accepts CSV and JSON: convert it to one of them.',
    () => requestOf(Buffer.from('PAR1…'), 'x.parquet'),
  ],
])('error: %s', (message, work) => {
  expect(work).toThrow(expect.objectContaining({ message }) as Error);
});

test.each<[string, string]>([
  [
    'endpoint "e" does not exist; mlops endpoint restore brings the champion back; without a champion, deploy a model first, with mlops run --wait.',
    absence({ EndpointName: 'e' }, DAY),
  ],
  [
    'endpoint "e" does not exist, although these are its working hours; mlops endpoint restore brings the champion back, if a model has been deployed (mlops models).',
    absence(outputs, DAY),
  ],
  [
    'endpoint "e" is stopped until Mon 2026-11-23 08:00 Europe/Berlin; mlops endpoint start starts it now.',
    absence(outputs, NIGHT),
  ],
  ['the API returned 400 InvalidInput: no', refusal(400, '{"error":{"code":"InvalidInput","message":"no"}}')],
  ['the API returned 502: <html>', refusal(502, '<html>')],
  [
    'AWS_REGION is not set; set AWS_REGION or AWS_PROFILE, as for the AWS CLI.',
    explain(new Error('Region is missing')),
  ],
  ['AccessDeniedException: no way.', explain(named('AccessDeniedException', 'no\n  way'))],
  [
    'no AWS credentials were found (none); set AWS_PROFILE, or sign in as for the AWS CLI.',
    explain(named('CredentialsProviderError', 'none')),
  ],
])('message: %s', (message, shown) => {
  expect(shown).toBe(message);
});
