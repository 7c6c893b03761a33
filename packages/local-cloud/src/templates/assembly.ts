import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TemplateError } from './template';

/** A stack of a cloud assembly. */
export interface AssemblyStack {
  stackName: string;
  /** The stack's path in the app, such as `Dev/Storage`. */
  displayName: string;
  templateBody: string;
  /** The template's URL after the files are published; absent if the template is not among them. */
  templateAsset?: string;
  tags: Record<string, string>;
  terminationProtection: boolean;
  /** The files to publish before the stack is deployed. */
  files: AssetFile[];
}

/** The account and region of a stack that names none. */
export interface Environment {
  account: string;
  region: string;
}

export interface AssetFile {
  /** An absolute path. */
  path: string;
  packaging: 'zip' | 'file';
  destinations: { bucketName: string; objectKey: string }[];
}

interface Manifest {
  artifacts?: Record<string, Artifact>;
}

interface Artifact {
  type: string;
  properties?: {
    templateFile?: string;
    stackName?: string;
    stackTemplateAssetObjectUrl?: string;
    tags?: Record<string, string>;
    terminationProtection?: boolean;
    file?: string;
    directoryName?: string;
  };
  dependencies?: string[];
  displayName?: string;
}

interface AssetManifest {
  files?: Record<
    string,
    {
      source: { path?: string; packaging?: 'zip' | 'file'; executable?: string[] };
      destinations: Record<string, { bucketName: string; objectKey: string }>;
    }
  >;
  dockerImages?: Record<string, unknown>;
}

/** Returns every stack of a cloud assembly and of its stages, in an order in which they can be deployed. */
export function readAssembly(directory: string, environment: Environment): AssemblyStack[] {
  const file = join(directory, 'manifest.json');
  if (!existsSync(file)) {
    throw new TemplateError(
      `${directory} is not a cloud assembly: it has no manifest.json; synthesise the app first`,
    );
  }
  const { artifacts = {} } = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  const stacks: AssemblyStack[] = [];
  const done = new Set<string>();

  function visit(id: string): void {
    const artifact = artifacts[id];
    if (!artifact || done.has(id)) return;
    done.add(id);
    for (const dependency of artifact.dependencies ?? []) visit(dependency);
    const { properties = {} } = artifact;
    if (artifact.type === 'cdk:cloud-assembly')
      stacks.push(...readAssembly(join(directory, properties.directoryName!), environment));
    if (artifact.type !== 'aws:cloudformation:stack') return;
    const assets = (artifact.dependencies ?? [])
      .map((dependency) => artifacts[dependency])
      .filter((dependency) => dependency?.type === 'cdk:asset-manifest');
    stacks.push({
      stackName: properties.stackName ?? id,
      displayName: artifact.displayName ?? id,
      templateBody: readFileSync(join(directory, properties.templateFile!), 'utf8'),
      templateAsset: objectUrl(properties.stackTemplateAssetObjectUrl, environment),
      tags: properties.tags ?? {},
      terminationProtection: properties.terminationProtection ?? false,
      files: assets.flatMap((asset) => readAssets(directory, asset!.properties!.file!)),
    });
  }

  for (const id of Object.keys(artifacts)) visit(id);
  return stacks;
}

/** Fills the placeholders for values that only the account and the region determine. */
export function fillPlaceholders(text: string, { account, region }: Environment): string {
  return text
    .replaceAll('${AWS::AccountId}', account)
    .replaceAll('${AWS::Region}', region)
    .replaceAll('${AWS::Partition}', 'aws');
}

/** Returns the HTTPS URL of `s3://bucket/key`, which CloudFormation accepts. */
function objectUrl(url: string | undefined, environment: Environment): string | undefined {
  const location = url && /^s3:\/\/(.+)$/.exec(fillPlaceholders(url, environment))?.[1];
  return location && `https://s3.${environment.region}.amazonaws.com/${location}`;
}

function readAssets(directory: string, file: string): AssetFile[] {
  const { files = {}, dockerImages = {} } = JSON.parse(
    readFileSync(join(directory, file), 'utf8'),
  ) as AssetManifest;
  if (Object.keys(dockerImages).length > 0) {
    throw new TemplateError(
      `${file}: Docker image assets are not supported by the local cloud; build images with CodeBuild`,
    );
  }
  return Object.entries(files).map(([id, { source, destinations }]) => {
    if (!source.path)
      throw new TemplateError(`${file}: asset ${id} has no path; executables are not supported`);
    return {
      path: join(directory, source.path),
      packaging: source.packaging ?? 'file',
      destinations: Object.values(destinations),
    };
  });
}
