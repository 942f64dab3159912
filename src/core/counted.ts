/** `1,204`, always with commas: what is printed is in English whatever the machine speaks. */
export const count = (value: number): string => value.toLocaleString('en-US');

/** `1 record`, `1,204 records`. */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;
