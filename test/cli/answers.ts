import { ERRORS, type ErrorCode } from '../../src/core/errors.ts';
import type { Answer } from './command-line.ts';

/** An argument of a million letters. */
export const HUGE = 'x'.repeat(1_000_000);

/** What drives a terminal, or turns around what it shows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what must not be printed
export const DRIVING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** Code, sentence and hint; no stack trace, nothing that drives a terminal, nothing endless. */
export function expectAnswer(answer: Answer, code?: ErrorCode): void {
  const text = answer.err.join('\n');
  const said = answer.err.find((line) => line.startsWith('holdfast: ')) ?? text;
  const named = /\[([a-z-]+)\]$/u.exec(said)?.[1] ?? '';
  expect(Object.keys(ERRORS)).toContain(named);
  expect(named).not.toBe('internal');
  if (code !== undefined) expect(said).toMatch(new RegExp(`\\[${code}\\]$`, 'u'));
  expect(answer.code).toBe(ERRORS[named as ErrorCode].exit);
  const hint = answer.err[answer.err.indexOf(said) + 1] ?? '';
  expect(hint).toMatch(/^ {2}\S/u);
  expect(text).not.toMatch(/^\s+at .+:\d+/mu);
  expect(text).not.toMatch(DRIVING);
  expect(text.length).toBeLessThan(4_000);
}
