/** A test function of Jest, with tables. */
type Step = Pick<jest.It, 'each'> & ((name: string, run: () => void | Promise<void>) => void);

export interface Story {
  /** A test that later tests build on. */
  readonly step: Step;
  /** A test that builds on earlier steps, and no other test builds on it. */
  readonly check: Step;
}

/**
 * Tests that go on from each other, as the days of one account do. After a step that failed, the others fail with one
 * sentence that names it, `skipped: step "…" failed`: Jest cannot skip a test while tests run.
 */
export function story(): Story {
  /** The step that failed, or that has not ended: Jest goes on after a timeout. */
  let broken: string | undefined;

  const guarded =
    (stops: boolean, run: (...args: never[]) => unknown) =>
    async (...args: never[]): Promise<void> => {
      if (broken !== undefined) throw skipped(broken);
      const name = expect.getState().currentTestName!;
      if (stops) broken = name;
      await run(...args);
      if (stops) broken = undefined;
    };

  const stepOf = (stops: boolean): Step => {
    const define = (name: string, run: () => void | Promise<void>) => test(name, guarded(stops, run));
    const each = (table: never) => (name: string, run: (...args: never[]) => unknown) => {
      const wrapped = guarded(stops, run);
      // Jest hands a callback to functions with more parameters than the row has values.
      test.each(table)(name, wrapped as never);
    };
    return Object.assign(define, { each: each as unknown as jest.Each });
  };
  return { step: stepOf(true), check: stepOf(false) };
}

function skipped(step: string): Error {
  const error = new Error(`skipped: step "${step}" failed`);
  // Where it was thrown says nothing.
  error.stack = error.message;
  return error;
}
