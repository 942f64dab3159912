/** A hold's scope as it is read for judging: by the version of its writer, and by the one that is spoken now. */
import type { Scope } from '../control/register.ts';
import type { Directory } from '../directory/fold.ts';
import { custodiansNamed } from '../directory/people.ts';
import { HoldfastError } from '../errors.ts';
import { LANGUAGES, type Language, type Languages } from '../search/language.ts';
import { partsOf, type Query } from '../search/query.ts';

/**
 * Fields whose answer people can change afterwards: they would let a scope narrow. `hold:`, `matter:`, `tag:` and `flag:`,
 * of which the same is true, are not in the language of scopes.
 */
const REFUSED: ReadonlySet<string> = new Set(['direction']);

export interface Reading {
  readonly language: Language;
  readonly query: Query;
}

export interface ReadScope {
  /** What any of them finds is in the scope. Empty where the scope cannot be read any more: everything is in it. */
  readonly readings: readonly Reading[];
  /** True where it asks for words: then it covers the slices around what they find. */
  readonly hasWords: boolean;
  /** Directory version from which on the addresses of custodians count. */
  readonly directory: number;
}

/**
 * Reads what somebody wants to fix as a scope. Throws `bad-query` where it may not be one. Custodians are named by HR id,
 * which never changes hands, and not by a name, which a change of the directory could take away.
 */
export function parseScope(text: string, directory: Directory): Query {
  const language = LANGUAGES.versions.get(LANGUAGES.current);
  if (language === undefined) throw new HoldfastError('internal', 'The current query language is missing.');
  const query = language.parse(text);
  for (const part of partsOf(query)) {
    if (part.type === 'field' && part.field === 'custodian') checkCustodian(part.custodian, directory);
    const field: string = part.type === 'field' ? part.field : '';
    if (REFUSED.has(field))
      throw new HoldfastError('bad-query', `A scope may not use ${field}:, whose answer people can change.`, {
        hint: 'Say what the records themselves have: people, networks, conversations, words, dates.',
      });
  }
  return query;
}

function checkCustodian(custodian: string, directory: Directory): void {
  if (directory.custodians.has(custodian)) return;
  const meant = custodiansNamed(directory, custodian).map(({ id }) => `custodian:${id}`);
  throw new HoldfastError('bad-query', 'The directory has no custodian of this HR id.', {
    hint:
      meant.length === 0
        ? "'holdfast custodian list' shows whom it has."
        : `A scope names people by HR id, as names can change: ${meant.slice(0, 10).join(' or ')}.`,
  });
}

/** Reads a scope that was sealed. Never throws: what cannot be read covers everything. */
export function readScope(
  scope: Pick<Scope, 'text' | 'language' | 'directory'>,
  languages: Languages,
): ReadScope {
  const { directory } = scope;
  const readings: Reading[] = [];
  for (const version of new Set([scope.language, languages.current])) {
    const language = languages.versions.get(version);
    try {
      const query = language?.parse(scope.text);
      if (language === undefined || query === undefined) return { readings: [], hasWords: false, directory };
      readings.push({ language, query });
    } catch {
      return { readings: [], hasWords: false, directory };
    }
  }
  const hasWords = readings.some(({ query }) => [...partsOf(query)].some(({ type }) => type === 'text'));
  return { readings, hasWords, directory };
}
