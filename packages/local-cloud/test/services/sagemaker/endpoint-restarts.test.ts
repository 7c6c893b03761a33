import { keepRunning } from '../../../src/services/sagemaker/endpoint-restarts';
import { ManualClock } from '../../../src/testing/manual-clock';
import { serving, type Serving } from './serving';

/** A container that ends on request. */
class Program {
  end!: () => void;
  readonly exited = new Promise<void>((resolve) => (this.end = resolve));
}

describe('ended containers are restarted', () => {
  const BEGAN = Date.UTC(2026, 0, 1);

  /** @param outcomes of the starts, true for a success; later starts succeed */
  function kept(...outcomes: boolean[]) {
    const clock = new ManualClock(BEGAN);
    const stop = new AbortController();
    const starts: number[] = [];
    const state = { program: new Program(), wanted: true };
    const done = keepRunning(state.program, {
      clock,
      signal: stop.signal,
      wanted: () => state.wanted,
      start: async () => {
        starts.push((clock.now() - BEGAN) / 1000);
        if (outcomes.shift() === false) throw new Error('it does not start');
        return new Program();
      },
      replace: (_, next) => void (state.program = next),
    });
    /** Completes all work that does not wait for time. */
    const settle = () => new Promise((resolve) => setImmediate(resolve));
    return { clock, stop, starts, state, done, settle };
  }

  test('after waits that double, up to a minute, while it does not start', async () => {
    const { clock, starts, state, settle } = kept(...Array<boolean>(8).fill(false));
    state.program.end();
    await settle();
    await clock.pass(300);
    expect(starts).toEqual([1, 3, 7, 15, 31, 63, 123, 183, 243]);
  });

  test('with the first delay again after it ran for a minute', async () => {
    const { clock, starts, state, settle } = kept();
    for (const seconds of [0, 0, 59, 60]) {
      await clock.pass(seconds);
      state.program.end();
      await settle();
      await clock.pass(20);
    }
    // Ends at 0, 20, 99 and 179: it ran for 0, 19, 77 and 79 seconds.
    expect(starts).toEqual([1, 22, 100, 180]);
  });

  test.each<[string, (all: ReturnType<typeof kept>) => void]>([
    ['stopped on purpose', ({ state }) => (state.wanted = false)],
    ['stopped with its variant', ({ stop }) => stop.abort(new Error('stopped'))],
  ])('not one that is %s', async (_, change) => {
    const all = kept();
    all.state.program.end();
    await all.settle();
    change(all);
    await all.clock.pass(300);
    await all.done;
    expect(all.starts).toEqual([]);
  });
});

describe('an endpoint whose containers end', () => {
  let here: Serving;
  beforeAll(async () => (here = await serving()));
  afterEach(() => here.reset());
  afterAll(() => here.jobsCloud.close());

  const dies = (EndpointName: string) =>
    expect(here.ask(EndpointName, 'die')).rejects.toMatchObject({
      name: 'ModelError',
      OriginalStatusCode: 0,
    });
  const word = async (EndpointName: string) =>
    (await here.ask(EndpointName).catch(() => undefined))?.said.word;

  /** Advances time until the endpoint answers; the tests above check the delays. */
  const answers = (EndpointName: string) =>
    here.jobsCloud.until(async () => {
      await here.clock.pass(1);
      return (await word(EndpointName)) === 'one';
    });

  test('answers again, after each end of them', async () => {
    const EndpointName = await here.endpoint(await here.config(['one']));
    for (let i = 0; i < 3; i++) {
      await dies(EndpointName);
      expect(await word(EndpointName)).toBeUndefined();
      await answers(EndpointName);
    }
    expect(await here.client.describeEndpoint({ EndpointName })).toMatchObject({
      EndpointStatus: 'InService',
      ProductionVariants: [{ CurrentInstanceCount: 1 }],
    });
  });

  test('has all of its instances again', async () => {
    const EndpointName = await here.endpoint(await here.config(['one'], { InitialInstanceCount: 2 }));
    await dies(EndpointName);
    // The other instance answers meanwhile.
    expect(await word(EndpointName)).toBe('one');
    await dies(EndpointName);
    expect(await word(EndpointName)).toBeUndefined();
    await answers(EndpointName);
  });

  test('can be deleted while they wait for their restart', async () => {
    const EndpointName = await here.endpoint(await here.config(['three']));
    await dies(EndpointName);
    await here.client.deleteEndpoint({ EndpointName });
    await here.clock.pass(300);
    await here.jobsCloud.until(() =>
      here.client.describeEndpoint({ EndpointName }).then(
        () => false,
        () => true,
      ),
    );
  });
});
