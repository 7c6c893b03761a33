import type { DataCaptureConfig } from '@aws-sdk/client-sagemaker';
import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { S3Folder } from '../../jobs/s3-folder';
import type { VariantHost } from '../sagemaker/endpoint-variants';
import { sessionOf } from '../sagemaker/role-access';
import type { ServingAnswer } from '../sagemaker/serving-client';

/** SageMaker also writes captured records in batches. */
const FLUSH_AFTER_MS = 1_000;

/** A captured request, with all responses to it. */
export interface CapturedRequest {
  endpointName: string;
  config: DataCaptureConfig;
  contentType: string;
  body: Uint8Array;
  /** The id that records of the same request share, if its caller set one. */
  inferenceId: string | undefined;
}

interface Batch {
  endpointName: string;
  variant: VariantHost;
  config: DataCaptureConfig;
  lines: string[];
}

/** Writes a share of requests and responses to S3 in SageMaker's JSON Lines, with the model's role. */
export class DataCapture {
  private readonly batches = new Map<string, Batch>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly cloud: Cloud,
    private readonly random: () => number,
  ) {}

  /** Returns true if this request is captured: decided once for all variants that get it. */
  wants(config: DataCaptureConfig | undefined): config is DataCaptureConfig {
    return Boolean(config?.EnableCapture) && this.random() * 100 < config!.InitialSamplingPercentage!;
  }

  add(request: CapturedRequest, variant: VariantHost, answer: ServingAnswer): void {
    const { endpointName, config, inferenceId } = request;
    const modes = config.CaptureOptions!.map(({ CaptureMode }) => CaptureMode);
    const captures = (mode: 'Input' | 'Output') => modes.includes(mode) || modes.includes('InputAndOutput');
    const captureData = {
      ...(captures('Input') && {
        endpointInput: record(config, 'INPUT', request.contentType, Buffer.from(request.body)),
      }),
      ...(captures('Output') && {
        endpointOutput: record(config, 'OUTPUT', answer.contentType ?? '', answer.body),
      }),
    };
    const eventMetadata = {
      eventId: randomUUID(),
      ...(inferenceId !== undefined && { inferenceId }),
      inferenceTime: this.time(),
    };
    const key = `${endpointName}/${variant.name}`;
    const batch = this.batches.get(key) ?? { endpointName, variant, config, lines: [] };
    batch.lines.push(JSON.stringify({ captureData, eventMetadata, eventVersion: '0' }));
    this.batches.set(key, batch);
    this.timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS).unref();
  }

  async close(): Promise<void> {
    this.flush();
    await this.writing;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batches = [...this.batches.values()];
    this.batches.clear();
    this.writing = this.writing.then(async () => {
      for (const batch of batches) await this.write(batch);
    });
  }

  private async write({ endpointName, variant, config, lines }: Batch): Promise<void> {
    const [date = '', time = ''] = this.time().split('T');
    const folder = [endpointName, variant.name, ...date.split('-'), time.slice(0, 2)].join('/');
    const name = `${time.slice(3, 5)}-${time.slice(6, 8)}-000-${randomUUID()}.jsonl`;
    const uri = `${config.DestinationS3Uri!.replace(/\/$/, '')}/${folder}/${name}`;
    try {
      const endpointArn = this.cloud.arn('sagemaker', `endpoint/${endpointName.toLowerCase()}`);
      const s3 = new S3Folder(this.cloud, { principal: sessionOf(this.cloud, variant.roleArn, endpointArn) });
      await s3.putText(`${lines.join('\n')}\n`, uri, config.KmsKeyId);
    } catch (error) {
      // As in AWS, captured data that cannot be written is lost; responses do not wait for it.
      console.error(`data capture: ${uri}: ${(error as Error).message}`);
    }
  }

  private time(): string {
    return new Date(this.cloud.clock.now()).toISOString();
  }
}

function record(config: DataCaptureConfig, mode: string, contentType: string, body: Buffer) {
  const mediaType = contentType.split(';')[0]!.trim();
  const { CsvContentTypes = [], JsonContentTypes = [] } = config.CaptureContentTypeHeader ?? {};
  const encoding = CsvContentTypes.includes(mediaType)
    ? 'CSV'
    : JsonContentTypes.includes(mediaType)
      ? 'JSON'
      : 'BASE64';
  return {
    observedContentType: contentType,
    mode,
    data: body.toString(encoding === 'BASE64' ? 'base64' : 'utf8'),
    encoding,
  };
}
