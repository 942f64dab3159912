/** What a mail service writes under every mail that passes it: a rule, and words about mail, scanning or confidence. */

const RULE = /^\s*[_=*-]{20,200}\s*$/u;
const WORDS = /\b(?:e-?mails?|virus(?:es)?|scanned|confidential|disclaimer|intended recipient)\b/iu;
/** Longest footer, lines. */
const MAX_FOOTER = 60;

/** The footer among the lines from `from` on, which nobody's line follows; undefined: none. */
export function footerOf(
  lines: readonly string[],
  from: number,
): { readonly start: number; readonly text: string } | undefined {
  const start = lines.findIndex(
    (line, i) => i >= from && i >= lines.length - MAX_FOOTER && RULE.test(line) && isBlank(lines[i - 1]),
  );
  if (start === -1) return undefined;
  const text = lines
    .slice(start)
    .filter((line) => !RULE.test(line))
    .join('\n')
    .trim();
  return WORDS.test(text) ? { start, text } : undefined;
}

const isBlank = (line: string | undefined): boolean => line === undefined || line.trim() === '';
