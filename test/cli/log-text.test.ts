import { logText } from '../../cli/log-text';

test.each([
  ['text', 'docker build .', 'docker build .'],
  ['a message', { level: 'INFO', message: { message: 'epoch=1/2;', runId: 'run-1' } }, 'epoch=1/2;'],
  ['a warning', { level: 'WARN', message: { message: 'gone', runId: 'run-1' } }, 'warn: gone'],
  [
    'facts',
    { level: 'INFO', message: { message: 'decide: done', ms: 3, of: ['a'] } },
    'decide: done ms=3 of=["a"]',
  ],
  ['a stack', { level: 'ERROR', message: { message: 'bug', stackTrace: 'at x' } }, 'error: bug\nat x'],
  ['JSON of another shape', { type: 'platform.start' }, '{"type":"platform.start"}'],
  ['what a terminal would obey', 'a\u001b[2J\tb\u202e\nc', 'a\\u{1b}[2J\tb\\u{202e}\nc'],
  ['a text that only begins like JSON', '{not json', '{not json'],
])('%s in readable form', (_what, line, text) => {
  expect(logText(typeof line === 'string' ? line : JSON.stringify(line))).toBe(text);
});
