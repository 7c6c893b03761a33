/** Spot interruptions that were asked for; each ends one attempt of a training job on Spot. */
export class Interruptions {
  private remaining = 0;

  /** @param count how many of the next attempts are interrupted, each after its first new checkpoint */
  request(count: number): void {
    this.remaining += count;
  }

  /** Takes one, if there is one. */
  take(): boolean {
    if (this.remaining === 0) return false;
    this.remaining -= 1;
    return true;
  }
}
