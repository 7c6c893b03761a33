/** Requested Spot interruptions; each ends one attempt of a training job on Spot. */
export class Interruptions {
  private remaining = 0;

  /** @param count of the next attempts that are interrupted, each after its first new checkpoint */
  request(count: number): void {
    this.remaining += count;
  }

  /** Takes one interruption, if any is left. */
  take(): boolean {
    if (this.remaining === 0) return false;
    this.remaining -= 1;
    return true;
  }
}
