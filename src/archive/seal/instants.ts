/** The later of two instants of one form. */
export function later(a: string, b: string): string {
  if (a > b) return a;
  return b;
}
