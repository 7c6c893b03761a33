import { DockerfileError, readDockerfile, type ImageDefinition } from '../../src/images/dockerfile';

const END = '\nENTRYPOINT ["run"]';

test('a complete Dockerfile', () => {
  const text = `# comment
ARG BASE=slim:1
FROM \${BASE} AS app
LABEL team=ml
ENV A=1 B="two words"
EXPOSE 8080
WORKDIR /opt/program
COPY *.py schema.json ./
RUN pip install \\
  numpy
COPY models models
USER nobody
ENTRYPOINT ["python3", "/opt/program/a program.py"]
CMD ["train", "say \\"hi\\""]
`;
  expect(readDockerfile(text, {})).toEqual({
    baseImage: 'slim:1',
    environment: { A: '1', B: 'two words' },
    workingDirectory: '/opt/program',
    entrypoint: ['python3', '/opt/program/a program.py'],
    command: ['train', 'say "hi"'],
    steps: [
      { kind: 'copy', sources: ['*.py', 'schema.json'], target: '/opt/program/', line: 8 },
      { kind: 'run', command: 'pip install numpy', workingDirectory: '/opt/program', line: 9 },
      { kind: 'copy', sources: ['models'], target: '/opt/program/models', line: 11 },
    ],
  });
});

test.each<[string, string, Record<string, string>, Partial<ImageDefinition>]>([
  ['a build argument replaces the default', 'ARG B=a\nFROM $B', { B: 'b' }, { baseImage: 'b' }],
  ['an argument without default is empty', 'FROM a\nARG X\nENV Y=v$X', {}, { environment: { Y: 'v' } }],
  [
    'an argument from before FROM is unknown after it',
    'ARG X=1\nFROM a\nENV Y=v$X',
    {},
    { environment: { Y: 'v' } },
  ],
  [
    'an argument from before FROM that the stage declares again',
    'ARG X=1\nFROM a\nARG X\nENV Y=v$X',
    {},
    { environment: { Y: 'v1' } },
  ],
  ['ENV beats ARG', 'FROM a\nARG X=1\nENV X=2\nENV Y=$X', {}, { environment: { X: '2', Y: '2' } }],
  ['a default for an unset variable', 'FROM a\nENV Y=${X:-d}', {}, { environment: { Y: 'd' } }],
  ['a replacement for a set variable', 'FROM a\nENV X=1 Y=${X:+s}', {}, { environment: { X: '1', Y: 's' } }],
  [
    'a dollar sign',
    'FROM a\nENV X=\\$5 Y="\\$6" Z=\'$7\'',
    {},
    { environment: { X: '$5', Y: '$6', Z: '$7' } },
  ],
  [
    'quotes in quotes',
    'FROM a\nENV Y="say \\"hi\\"" Z=a\\ b',
    {},
    { environment: { Y: 'say "hi"', Z: 'a b' } },
  ],
  ['the older form of ENV', 'FROM a\nENV Y two words', {}, { environment: { Y: 'two words' } }],
  [
    'WORKDIR is relative to the previous one',
    'FROM a\nWORKDIR /a\nWORKDIR b/',
    {},
    { workingDirectory: '/a/b' },
  ],
  ['WORKDIR with a variable', 'FROM a\nENV D=/d\nWORKDIR $D/e', {}, { workingDirectory: '/d/e' }],
  ['a platform has no effect', 'FROM --platform=linux/arm64 a', {}, { baseImage: 'a' }],
  ['keywords in lower case', 'from a\nenv Y=1', {}, { baseImage: 'a', environment: { Y: '1' } }],
])('%s', (_, text, buildArguments, expected) => {
  expect(readDockerfile(text + END, buildArguments)).toMatchObject(expected);
});

test.each<[string, string, RegExp]>([
  ['a second stage', 'FROM a\nFROM b' + END, /line 2: FROM begins a second stage/],
  [
    'a copy from another stage',
    'FROM a\nCOPY --from=b x y' + END,
    /line 2: COPY with --from=b is not supported/,
  ],
  ['a copy as a list', 'FROM a\nCOPY ["x", "y"]' + END, /line 2: COPY as a JSON list/],
  [
    'a copy without a target',
    'FROM a\nCOPY x' + END,
    /line 2: COPY needs at least one source and the target/,
  ],
  ['a copy from outside', 'FROM a\nCOPY ../x y' + END, /line 2: COPY \.\.\/x is outside/],
  ['ADD', 'FROM a\nADD x y' + END, /line 2: ADD is not supported/],
  ['VOLUME', 'FROM a\n\n\nVOLUME /x' + END, /line 4: VOLUME is not supported/],
  ['SHELL', 'FROM a\nSHELL ["bash"]' + END, /line 2: SHELL is not supported/],
  [
    'an entry point in shell form',
    'FROM a\nENTRYPOINT python x.py',
    /line 2: ENTRYPOINT is in shell form.*JSON list/,
  ],
  ['a command in shell form', 'FROM a\nCMD serve' + END, /line 2: CMD is in shell form/],
  ['an unknown form of variables', 'FROM a\nENV A=${B%%x}' + END, /line 2: ENV has \$\{B%%x\}/],
  ['an instruction before FROM', 'ENV A=1\nFROM a' + END, /line 1: ENV must come after FROM/],
  ['no FROM', '# nothing', /no FROM/],
  ['an empty base image', 'ARG B=\nFROM $B' + END, /FROM/],
  ['no entry point', 'FROM a\nCMD ["x"]', /no ENTRYPOINT/],
])('refused: %s', (_, text, message) => {
  expect(() => readDockerfile(text, {})).toThrow(DockerfileError);
  expect(() => readDockerfile(text, {})).toThrow(message);
});
