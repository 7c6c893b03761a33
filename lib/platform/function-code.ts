import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { AssetCode, type Code, type CodeConfig } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { MODEL_FILE, type ModelFacts } from '../contract/model';
import { packageRoot } from '../config/package-root';

/**
 * Returns the code of a function: its bundle, with the facts of the model beside it where its code reads them. A
 * variable would be too small for them: all variables of a function may take 4,096 bytes together.
 *
 * @param name folder below `lambda/`
 */
export function functionCode(name: string, model: ModelFacts | undefined): Code {
  const bundle = path.join(packageRoot(), 'dist', 'lambda', name);
  return model ? new BundleOfModel(bundle, model) : new AssetCode(bundle);
}

/** A bundle and `model.json`, in a folder that exists until CDK has copied it to the cloud assembly. */
class BundleOfModel extends AssetCode {
  constructor(bundle: string, model: ModelFacts) {
    const folder = mkdtempSync(path.join(tmpdir(), 'function-'));
    cpSync(bundle, folder, { recursive: true });
    writeFileSync(path.join(folder, MODEL_FILE), JSON.stringify(model));
    super(folder);
  }

  override bind(scope: Construct): CodeConfig {
    try {
      return super.bind(scope);
    } finally {
      rmSync(this.path, { recursive: true });
    }
  }
}
