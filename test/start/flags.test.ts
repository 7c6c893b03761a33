import { parseFlags } from '../../start/flags';

describe('flags', () => {
  test('without any, the sample data', () => {
    expect(parseFlags([])).toMatchObject({
      once: false,
      keep: false,
      set: {},
      force: false,
      interruptTraining: 0,
    });
  });

  test('--set may be repeated', () => {
    const { set } = parseFlags(['--set', 'training.epochs=5', '--set', 'training.seed=2']);
    expect(set).toEqual({ 'training.epochs': '5', 'training.seed': '2' });
  });

  test('--gate may be repeated', () => {
    expect(parseFlags(['--gate', 'accuracy=0.75', '--gate', 'logLoss=0.4']).gate).toBe(
      'accuracy=0.75,logLoss=0.4',
    );
  });

  test.each([
    [['--gate', 'accuracy'], '"accuracy"'],
    [['--set', 'epochs'], '"epochs"'],
    [['--interrupt-training', '-1'], '"-1"'],
    [['--port', '70000'], '"70000"'],
    [['--once', '--keep'], '--keep'],
    [['--fast'], "'--fast'"],
    [['extra'], 'argument'],
  ])('%j is refused', (argv, value) => {
    const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const exit = jest.spyOn(process, 'exit').mockImplementation(() => {
      throw new Error('exit');
    });
    try {
      expect(() => parseFlags(argv)).toThrow('exit');
      expect(exit).toHaveBeenCalledWith(1);
      expect(written.mock.calls.join('')).toContain(value);
    } finally {
      written.mockRestore();
      exit.mockRestore();
    }
  });
});
