import { ERRORS } from '../src/core/errors.ts';
import { FAULTS } from '../src/core/faults.ts';
import { EXCLUSIONS, REJECTS, REPAIRS } from '../src/core/rejects.ts';

/** `docs/errors.md`: every code that Holdfast answers, seals or reports, from the tables in `src/core`. */
export function errorsDocument(): string {
  return `# Codes

Generated from \`errors.ts\`, \`faults.ts\` and \`rejects.ts\` in \`src/core\` by \`npm run generated\`; do not edit.

A code is a promise: programs branch on it, and it is never renamed. The sentence beside it may change.

## Errors

What a command prints on stderr as \`holdfast: sentence [code]\` with a hint below it, and with \`--json\` also on
stdout as \`{"error": {"code", "message", "hint"}}\`. Exit codes: 0 done, 1 failed, 2 wrong use, 3 verification found a
fault.

${table(
  ['code', 'exit', 'means'],
  Object.entries(ERRORS).map(([code, { exit, says }]) => [`\`${code}\``, String(exit), says]),
)}

## Faults

What \`verify\` finds, in an archive or in a bundle: \`{"code", "where", "what"}\` each, and exit code 3.

${sentences(FAULTS)}

## Rejects

A part of the input that became no event because it could not be read. It stays kept as bytes, is sealed with its
position, and is counted in the account of its receipt.

${sentences(REJECTS)}

## Exclusions

A part of the input that is no communication. It is counted in the account, by reason.

${sentences(EXCLUSIONS)}

## Repairs

A change made while reading. It is recorded with the event that it concerns.

${sentences(REPAIRS)}
`;
}

const sentences = (codes: { readonly [code: string]: string }): string =>
  table(
    ['code', 'means'],
    Object.entries(codes).map(([code, says]) => [`\`${code}\``, says]),
  );

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
