import type { Fleet } from '../sagemaker/endpoint-fleet';
import type { Invocation, ServingAnswer } from '../sagemaker/serving-client';
import type { VariantHost } from '../sagemaker/endpoint-variants';
import { askVariant } from './invocation';
import type { EndpointMetrics } from './metrics';

/**
 * Maximum of copies that wait for a response of one shadow variant, so that a slow one does not collect requests
 * without limit.
 */
const MAX_WAITING = 64;

/** Copies requests to shadow variants. Responses do not wait for them, and their failures have no effect. */
export class ShadowTraffic {
  private readonly waiting = new Map<VariantHost, number>();
  private readonly closing = new AbortController();
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly metrics: EndpointMetrics,
    private readonly random: () => number,
  ) {}

  /** @param onAnswer receives the shadow's response, with any status */
  offer(
    endpointName: string,
    { shadow, variants }: Fleet,
    request: Invocation,
    onAnswer: (variant: VariantHost, answer: ServingAnswer) => void,
  ): void {
    if (!shadow || this.closing.signal.aborted) return;
    const weight = variants.reduce((sum, variant) => sum + variant.weight, 0);
    if (this.random() >= shadow.weight / weight) return;
    const waiting = this.waiting.get(shadow) ?? 0;
    if (waiting >= MAX_WAITING) return;
    this.waiting.set(shadow, waiting + 1);
    const done = this.copy(endpointName, shadow, request, onAnswer).finally(() => {
      this.underWay.delete(done);
      const left = this.waiting.get(shadow)! - 1;
      if (left > 0) this.waiting.set(shadow, left);
      else this.waiting.delete(shadow);
    });
    this.underWay.add(done);
  }

  async close(): Promise<void> {
    this.closing.abort(new Error('The local cloud was closed.'));
    await Promise.all(this.underWay);
  }

  private async copy(
    endpointName: string,
    shadow: VariantHost,
    request: Invocation,
    onAnswer: (variant: VariantHost, answer: ServingAnswer) => void,
  ): Promise<void> {
    try {
      const copied = { ...request, copy: true, signal: this.closing.signal };
      const outcome = await askVariant(this.metrics, endpointName, shadow, copied, 'realtime');
      if ('answer' in outcome) onAnswer(shadow, outcome.answer);
    } catch {
      // A shadow without capacity for the request has no response to it.
    }
  }
}
