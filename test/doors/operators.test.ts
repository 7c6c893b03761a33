import { CommanderError } from 'commander';
import * as fc from 'fast-check';
import { OperatorError } from '../../cli/errors';
import { buildProgram } from '../../cli/program';
import { parseGate } from '../../lib/config/gate';
import { validateConfig, validateProject } from '../../lib/config';
import { table, local as place } from '../../lib';
import { respond } from '../../lambda/approve/respond';
import { AFTER, NOW, OneQuestionDesk, QUESTION } from '../lambda/support/approval-question';
import { changed, check, checkLater, shallow, text } from '../support/fuzz';
import { local, prod } from '../support/configs';

/** Checks the message of an invalid configuration: a head, and one line per fault. */
function expectFaults(error: unknown): void {
  if ((error as Error).name !== 'Error') throw error;
  expect((error as Error).message).toMatch(/ (is|are) not valid:\n {2}- ./s);
}

test.each([
  ['local', local],
  ['prod', prod],
])('a configuration is taken, or refused with its faults: %s', (_name, config) => {
  check(changed(config, shallow), 1_500, (given) => {
    try {
      validateConfig(given);
    } catch (error) {
      expectFaults(error);
    }
  });
});

test('a project is taken, or refused with its faults', () => {
  const project = { name: 'mlops', pipelines: [{ model: table, places: [place] }] };
  check(changed(project, shallow), 1_000, (given) => {
    try {
      validateProject(given);
    } catch (error) {
      expectFaults(error);
    }
  });
});

test('a gate is taken, or refused with its part', () => {
  check(
    fc.oneof(text, fc.stringMatching(/^(accuracy|f1|rmse|x)=[\d.e+-]{0,9}(,f1=0\.5)?$/)),
    2_000,
    (gate) => {
      try {
        for (const { threshold } of parseGate(gate, local.metrics))
          expect(Number.isFinite(threshold)).toBe(true);
      } catch (error) {
        expect((error as Error).message).toMatch(/^gate "[^]*" is not of the form/);
      }
    },
  );
});

test('a command line is taken, or refused by commander or by the command', async () => {
  const { commands } = buildProgram(async () => undefined);
  const options = commands.flatMap((each) => each.options.map(({ long }) => long!));
  const word = fc.oneof(
    text,
    fc.constantFrom(...options, ...commands.map((each) => each.name()), '--', '-', '--help'),
  );
  const argv = fc.tuple(
    fc.oneof(word, fc.constantFrom(...commands.map((each) => each.name()))),
    fc.array(word, { maxLength: 5 }),
  );
  await checkLater(argv, 1_000, async ([first, rest]) => {
    const program = buildProgram(async () => undefined);
    const silent = { writeErr: () => undefined, writeOut: () => undefined };
    for (const each of [program, ...program.commands]) each.exitOverride().configureOutput(silent);
    const refused: unknown = await program
      .parseAsync([first, ...rest], { from: 'user' })
      .catch((error: unknown) => error);
    if (refused === program) return;
    expect(refused instanceof CommanderError || refused instanceof OperatorError).toBe(true);
  });
});

test('a link of an approval shows a page, and decides nothing unless it is genuine', async () => {
  const known = { run: 'run-1', action: 'approve', expires: '1767495845', signature: 'A'.repeat(43) };
  const query = fc.oneof(changed(known), fc.dictionary(text, text), fc.constant(null));
  const request = fc.record({
    httpMethod: fc.constantFrom('GET', 'POST', 'HEAD'),
    queryStringParameters: query.map((given) =>
      given === null
        ? null
        : Object.fromEntries(
            Object.entries(given).map(([name, value]) => [
              name,
              typeof value === 'object' ? '[object]' : String(value),
            ]),
          ),
    ),
    body: fc.option(
      fc.oneof(
        text,
        text.map((reason) => `reason=${reason}`),
      ),
    ),
    isBase64Encoded: fc.boolean(),
  });
  const moment = fc.constantFrom(NOW, AFTER);
  await checkLater(fc.tuple(request, moment, fc.boolean()), 2_000, async ([given, now, genuine]) => {
    const desk = new OneQuestionDesk(QUESTION);
    const answer = await respond(given, { desk, now, links: { isGenuine: async () => genuine } });
    expect([200, 403, 404, 410]).toContain(answer.statusCode);
    expect(answer.body).toMatch(/^<!doctype html>/);
    if (!genuine) expect(answer.statusCode).toBe(403);
    if (!genuine || given.httpMethod !== 'POST') expect(desk.question).toEqual(QUESTION);
  });
});
