import { lookAtProduction, type ProductionDependencies } from '../../../lambda/initiate/production';
import type { PrebuiltReference } from '../../../lib/contract/environment';
import type { Champion } from '../../../lib/contract/run';
import { CHAMPION } from '../../templates/support/dry-run';

const REPOSITORY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/mlops/inference';
const version = (runId: string, digest = 'sha256:aa'): Champion => ({
  ...CHAMPION,
  ...{
    runId,
    modelDataUrl: `s3://artifacts/runs/${runId}/model.tar.gz`,
    inferenceImage: `${REPOSITORY}@${digest}`,
  },
});

interface Account {
  /** Records of champions, newest first. */
  readonly history: readonly Champion[];
  /** Runs whose artifact exists. */
  readonly artifacts: readonly string[];
  readonly digests: readonly string[];
  readonly repositoryUri?: string;
}

function look({ history, artifacts, digests, repositoryUri = REPOSITORY }: Account) {
  const [champion = null] = history;
  const asked: PrebuiltReference[] = [];
  const dependencies: ProductionDependencies = {
    artifacts: {
      name: 'artifacts',
      json: async () => null,
      // A longer key begins alike.
      keys: async (prefix) =>
        artifacts.map((run) => `runs/${run}/model.tar.gz`).filter((key) => key.startsWith(prefix)),
      versionsOf: async () => history.map((_, index) => String(index)),
      text: async (_, { versionId } = {}) => JSON.stringify(history[Number(versionId)]),
    },
    hosted: {
      endpoint: async () => ({ status: 'InService', config: CHAMPION.endpointConfigName }),
      config: async () => ({ models: [CHAMPION.modelName] }),
      model: async () => ({ image: champion?.inferenceImage, modelDataUrl: champion?.modelDataUrl }),
    },
    findImage: async (reference) => {
      asked.push(reference);
      const { imageDigest = '' } = reference.id as { imageDigest?: string };
      return digests.includes(imageDigest) ? { digest: imageDigest, mediaType: undefined } : undefined;
    },
    settings: { prefix: 'mlops-dev', endpointName: 'e', inferenceRepositoryUri: repositoryUri },
  };
  return { asked, found: lookAtProduction({ runId: 'run-9', champion, challenger: null }, dependencies) };
}

test('without a champion nothing is looked up', async () => {
  const { asked, found } = look({ history: [], artifacts: [], digests: [] });
  expect(await found).toMatchObject({ judgedAgainst: null, restore: null, broken: undefined });
  expect(asked).toEqual([]);
});

test('the image is looked up in its own registry, by its digest', async () => {
  const { asked, found } = look({ history: [version('a')], artifacts: ['a'], digests: ['sha256:aa'] });
  expect(await found).toMatchObject({ restore: null, warnings: [], broken: undefined });
  expect(asked).toMatchObject([
    { registryId: '123456789012', repositoryName: 'mlops/inference', id: { imageDigest: 'sha256:aa' } },
  ]);
});

test('an image of a former repository counts as there: it may not be readable', async () => {
  const { asked, found } = look({
    ...{ history: [version('a')], artifacts: ['a'], digests: [], repositoryUri: 'another/repository' },
  });
  expect([(await found).broken, asked]).toEqual([undefined, []]);
});

test.each<[string, Account, string | null]>([
  [
    'the one before',
    { history: [version('c'), version('b')], artifacts: ['b'], digests: ['sha256:aa'] },
    'b',
  ],
  [
    'the newest that has artifact and image',
    {
      history: [version('d'), version('c'), version('b', 'sha256:bb'), version('a')],
      ...{ artifacts: ['b', 'a'], digests: ['sha256:aa'] },
    },
    'a',
  ],
  [
    'none that was rolled back',
    {
      history: [version('b'), version('c'), version('b'), version('a')],
      artifacts: ['a', 'c'],
      digests: ['sha256:aa'],
    },
    'a',
  ],
  ['none, if nothing is left', { history: [version('b'), version('a')], artifacts: [], digests: [] }, null],
])(
  'instead of a champion without artifact, the candidate is judged against %s',
  async (_, account, expected) => {
    const { judgedAgainst, broken } = await look(account).found;
    expect([judgedAgainst?.runId ?? null, broken]).toEqual([expected, expect.stringContaining('artifact')]);
  },
);
