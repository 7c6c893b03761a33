/** Availability zones of a region, as `Fn::GetAZs` lists them. AWS has three at least in all but a few regions. */
export function zonesOf(region: string): string[] {
  return ['a', 'b', 'c'].map((letter) => `${region}${letter}`);
}
