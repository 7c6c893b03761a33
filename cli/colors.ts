import pc from 'picocolors';

/** Functions that color text, or return it as it is. */
export type Colors = ReturnType<typeof pc.createColors>;

/** Returns the colors for a stream: a file or a pipe has none, even where `CI` is set, which picocolors takes for a terminal. */
export function colorsOf(stream: Pick<NodeJS.WriteStream, 'isTTY'>): Colors {
  return pc.createColors(Boolean(stream.isTTY) && pc.isColorSupported);
}
