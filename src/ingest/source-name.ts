import type { SourceFile } from './format.ts';

/** The full name that detection and path facts go by: the path, then `!/` and the member where there is one. */
export const nameOf = (file: SourceFile): string =>
  file.member === undefined ? file.path : `${file.path}!/${file.member}`;
