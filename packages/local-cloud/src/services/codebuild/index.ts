import type { CodeBuild } from '@aws-sdk/client-codebuild';
import type { Build, Project, StartBuildInput } from '@aws-sdk/client-codebuild';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Service, ServiceDefinition } from '../../core/service';
import { answer } from '../../core/answer';
import { passTo } from '../../core/pass-role';
import { BuildRun } from './build-run';
import { buildTypes } from './resources';

/** "The token … is valid for 5 minutes" (API reference, StartBuild). */
const TOKEN_MS = 300_000;

interface State {
  projects: Record<string, Project>;
  builds: Record<string, Build>;
  numbers: Record<string, number>;
}

/** CodeBuild: runs a build's commands in a shell of this machine, with the engine's `docker` and an emulated `aws`. */
function create(cloud: Cloud): Service<'codebuild'> {
  const store = cloud.stores.store<State>('codebuild', () => ({ projects: {}, builds: {}, numbers: {} }));
  const { projects, builds, numbers } = store.data;
  const running = new Map<string, BuildRun>();

  function project(name: string): Project {
    const found = projects[name];
    if (found) return found;
    throw new ServiceError(
      'ResourceNotFoundException',
      `Project cannot be found: ${cloud.arn('codebuild', `project/${name}`)}`,
    );
  }

  /** @throws ServiceError InvalidInputException */
  function assertAssumable(roleArn: string): void {
    try {
      cloud.assumeRole(
        'codebuild.amazonaws.com',
        roleArn,
        'AWSCodeBuild',
        cloud.arn('codebuild', 'project/*'),
      );
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      throw new ServiceError(
        'InvalidInputException',
        `CodeBuild is not authorized to perform: sts:AssumeRole on ${roleArn}`,
      );
    }
  }

  function announce(build: Build): void {
    store.changed();
    cloud.events.publish({
      source: 'aws.codebuild',
      detailType: 'CodeBuild Build State Change',
      detail: {
        'build-status': build.buildStatus,
        'project-name': build.projectName,
        'build-id': build.arn,
      },
      resources: [build.arn!],
    });
  }

  const onProject = (action: string) => (input: { name?: string; projectName?: string }) => ({
    action: `codebuild:${action}`,
    resources: [cloud.arn('codebuild', `project/${input.projectName ?? input.name}`)],
  });
  const onBuild = (action: string, ids: readonly string[]) => ({
    action: `codebuild:${action}`,
    resources: ids.map((id) => cloud.arn('codebuild', `project/${bare(id).split(':')[0]}`)),
  });

  /** Tokens of this process: they are valid for five minutes. */
  const tokens = new Map<string, { id: string; request: string }>();

  /** Returns the build that a token stands for. @throws ServiceError if its request was another */
  function earlierBuild(input: StartBuildInput): Build | undefined {
    const known = tokens.get(input.idempotencyToken ?? '');
    const build = known && builds[known.id];
    if (!build || cloud.clock.now() - new Date(build.startTime!).getTime() > TOKEN_MS) return undefined;
    if (known.request !== JSON.stringify(input))
      throw new ServiceError('InvalidInputException', 'The idempotency token was used with other parameters');
    return build;
  }

  return {
    permissions: {
      CreateProject: (input) => [
        onProject('CreateProject')(input),
        passTo(input.serviceRole!, 'codebuild.amazonaws.com'),
      ],
      UpdateProject: (input) => [
        onProject('UpdateProject')(input),
        ...(input.serviceRole ? [passTo(input.serviceRole, 'codebuild.amazonaws.com')] : []),
      ],
      DeleteProject: onProject('DeleteProject'),
      BatchGetProjects: ({ names = [] }) => ({
        action: 'codebuild:BatchGetProjects',
        resources: names.map((name) => cloud.arn('codebuild', `project/${name}`)),
      }),
      StartBuild: onProject('StartBuild'),
      StopBuild: ({ id }) => onBuild('StopBuild', [id!]),
      BatchGetBuilds: ({ ids }) => onBuild('BatchGetBuilds', ids ?? []),
    },
    /** Ends the builds that an earlier process left running. */
    async start() {
      for (const build of Object.values(builds)) {
        if (build.buildComplete) continue;
        Object.assign(build, { buildStatus: 'FAULT', buildComplete: true, currentPhase: 'COMPLETED' });
        announce(build);
      }
    },
    async stop() {
      await Promise.all([...running.values()].map((run) => run.stop()));
    },
    operations: {
      async CreateProject(input) {
        const name = input.name!;
        assertAssumable(input.serviceRole!);
        if (projects[name]) {
          throw new ServiceError('ResourceAlreadyExistsException', `Project already exists: ${name}`);
        }
        const arn = cloud.arn('codebuild', `project/${name}`);
        projects[name] = { ...(input as Project), arn, created: new Date(cloud.clock.now()) };
        store.changed();
        return { project: answer(projects[name]) };
      },

      async UpdateProject(input) {
        if (input.serviceRole) assertAssumable(input.serviceRole);
        const updated = { ...project(input.name!), ...(input as Project) };
        projects[input.name!] = updated;
        store.changed();
        return { project: answer(updated) };
      },

      async DeleteProject({ name }) {
        delete projects[name!];
        store.changed();
        return {};
      },

      async BatchGetProjects({ names = [] }) {
        return {
          projects: names.flatMap((name) => projects[name] ?? []).map((each) => answer(each)),
          projectsNotFound: names.filter((name) => !projects[name]),
        };
      },

      async StartBuild(input) {
        const definition = project(input.projectName!);
        const repeated = earlierBuild(input);
        if (repeated) return { build: answer(repeated) };
        const number = (numbers[definition.name!] = (numbers[definition.name!] ?? 0) + 1);
        const id = `${definition.name}:${randomUUID()}`;
        const build: Build = {
          id,
          arn: cloud.arn('codebuild', `build/${id}`),
          buildNumber: number,
          projectName: definition.name,
          buildStatus: 'IN_PROGRESS',
          currentPhase: 'QUEUED',
          buildComplete: false,
          startTime: new Date(cloud.clock.now()),
          phases: [],
          environment: environmentOf(definition, input),
        };
        builds[id] = build;
        if (input.idempotencyToken)
          tokens.set(input.idempotencyToken, { id, request: JSON.stringify(input) });
        announce(build);
        const run = new BuildRun(cloud, definition, input, build, join(cloud.stateDirectory, 'builds'));
        running.set(id, run);
        void run.finished.then(() => {
          running.delete(id);
          announce(build);
        });
        return { build: answer(build) };
      },

      async StopBuild({ id }) {
        const build = builds[bare(id!)];
        if (!build) throw new ServiceError('ResourceNotFoundException', `Build cannot be found: ${id}`);
        await running.get(build.id!)?.stop();
        return { build: answer(build) };
      },

      async BatchGetBuilds({ ids = [] }) {
        return {
          builds: ids.flatMap((id) => builds[bare(id)] ?? []).map((build) => answer(build)),
          buildsNotFound: ids.filter((id) => !builds[bare(id)]),
        };
      },
    },
  };
}

/** Finds builds by id or ARN. */
function bare(id: string): string {
  return id.replace(/^arn:.*:build\//, '');
}

/** Returns the project's variables, overridden by those of this build. */
function environmentOf(
  { environment }: Project,
  { environmentVariablesOverride: own = [] }: StartBuildInput,
): Build['environment'] {
  if (!environment) return undefined;
  const others = (environment.environmentVariables ?? []).filter(
    ({ name }) => !own.some((variable) => variable.name === name),
  );
  return { ...environment, environmentVariables: [...others, ...own] };
}

export const codebuild: ServiceDefinition<'codebuild'> = {
  id: 'codebuild',
  facts: {
    package: '@aws-sdk/client-codebuild',
    signingName: 'codebuild',
    iamPrefix: 'codebuild',
    protocol: 'awsJson1_1',
    target: 'CodeBuild_20161006',
    invalidInput: 'InvalidInputException',
  },
  resourceTypes: buildTypes,
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    codebuild: CodeBuild;
  }
}
