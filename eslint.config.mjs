import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Where code runs is visible in its folder; these imports would blur it. */
const boundary = (files, group, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] },
});

export default defineConfig(
  globalIgnores(['node_modules/', 'dist/', 'cdk.out/', '.local/', '.venv/', '**/cdk.out/']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Messages show values of any kind, and an abort's reason is passed on as it came.
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      // Handlers of services answer promises whether they wait for something or not.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  {
    // Answers parsed from JSON and asymmetric matchers are `any`; an expectation on them is the check.
    files: ['test/**/*.ts', 'packages/*/test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Node runs the containers' sources: it strips types, and refuses syntax that is more than a type.
    files: ['containers/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'TSParameterProperty, TSEnumDeclaration, TSModuleDeclaration[kind="namespace"]',
          message: 'Node strips types only: write a field and its assignment, or a constant.',
        },
      ],
    },
  },
  boundary(
    ['lambda/**/*.ts'],
    [
      'aws-cdk-lib',
      'aws-cdk-lib/*',
      'constructs',
      '**/lib/*/**',
      '!**/lib/contract/**',
      'local-cloud',
      '**/start/**',
    ],
    'A Lambda runs in AWS: it may import lib/contract, and neither CDK nor the local cloud.',
  ),
  boundary(
    ['lib/**/*.ts', 'bin/**/*.ts'],
    ['**/lambda/**', 'local-cloud', '**/start/**', '**/containers/**'],
    'lib/ runs at synthesis: it imports nothing that runs elsewhere.',
  ),
  boundary(
    ['cli/**/*.ts'],
    ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs', '**/lambda/**', 'local-cloud', '**/start/**'],
    'The command line talks to AWS, or to what plays it: it imports neither CDK nor the local cloud.',
  ),
  boundary(
    ['cli/check/**/*.ts'],
    ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs', 'local-cloud/*', '!local-cloud/programs', '**/start/**'],
    'The check runs programs as the local cloud does, and what the pipeline does between them; it starts no cloud.',
  ),
  boundary(
    ['lib/contract/**/*.ts'],
    ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs', '@aws-sdk/*', '../*'],
    'The contract belongs to everybody: it imports nothing.',
  ),
  // `exports` of the packages holds it at run time; here the message says what to do instead.
  boundary(
    ['bench/**/*.ts', 'start/**/*.ts', 'test/**/*.ts'],
    ['**/packages/**', 'local-cloud/*', '!local-cloud/programs', '!local-cloud/testing', 'aws-schedules/*'],
    'A package is imported by its name: local-cloud, local-cloud/programs, local-cloud/testing, aws-schedules. What they lack belongs there.',
  ),
  boundary(
    ['packages/**/*.ts'],
    ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs'],
    'A package serves any app: it imports neither CDK nor this app (test/structure.test.ts holds the latter).',
  ),
);
