import { SERVICES } from '../../src/services';
import { ServiceError } from '../../src/model/errors';
import { supported } from '../../src/testing/supported';
import { testCloud, type TestCloud } from '../support/test-cloud';

let here: TestCloud;
beforeAll(async () => (here = await testCloud(SERVICES)));
afterAll(() => here.close());

const OPERATIONS = Object.entries(supported().operations).flatMap(([service, operations]) =>
  operations.map((operation) => [service, operation] as const),
);

test.each(OPERATIONS)(
  'an empty request of %s %s is answered or refused, and no failure of the service',
  async (service, operation) => {
    const caller = { principal: here.cloud.principals.operator };
    const failure = await here.cloud
      .call(service as 'sts', operation as 'AssumeRole', {} as never, caller)
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    if (failure !== undefined) expect(failure).toBeInstanceOf(ServiceError);
  },
);
