/** A syntax error of a path or an intrinsic function: the expected text and the position. */
export class PathSyntaxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PathSyntaxError';
  }
}

/** A cursor over the text of a path or an intrinsic function. */
export class Scanner {
  position = 0;

  constructor(readonly text: string) {}

  atEnd(): boolean {
    return this.position >= this.text.length;
  }

  at(token: string): boolean {
    return this.text.startsWith(token, this.position);
  }

  skip(token: string): boolean {
    if (!this.at(token)) return false;
    this.position += token.length;
    return true;
  }

  skipBlanks(): void {
    this.match(/\s+/y);
  }

  expect(token: string): void {
    if (!this.skip(token)) this.fail(`'${token}'`);
  }

  /** @param pattern with the flag `y` */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    this.position += found?.length ?? 0;
    return found;
  }

  integer(): number | undefined {
    this.skipBlanks();
    const digits = this.match(/-?\d+/y);
    this.skipBlanks();
    return digits === undefined ? undefined : Number(digits);
  }

  number(): number | undefined {
    const digits = this.match(/-?\d+(\.\d+)?([eE][-+]?\d+)?/y);
    return digits === undefined ? undefined : Number(digits);
  }

  /** Reads a name in single or double quotes; a backslash escapes that quote and itself. */
  quoted(): string {
    const quote = this.skip("'") ? "'" : (this.expect('"'), '"');
    let value = '';
    while (!this.skip(quote)) {
      if (this.atEnd()) this.fail(`the closing ${quote}`);
      if (this.at(`\\${quote}`) || this.at('\\\\')) this.position++;
      value += this.text.charAt(this.position++);
    }
    return value;
  }

  list<T>(item: () => T): T[] {
    const items: T[] = [];
    do {
      this.skipBlanks();
      items.push(item());
      this.skipBlanks();
    } while (this.skip(','));
    return items;
  }

  fail(expected: string): never {
    const found = this.atEnd()
      ? 'the end of the text'
      : `'${this.text.slice(this.position, this.position + 12)}'`;
    throw new PathSyntaxError(`expected ${expected}, but found ${found} at character ${this.position + 1}`);
  }
}
