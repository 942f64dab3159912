/**
 * Why a sealed control act changes nothing. Codes are told to the writer and may be added to; they are not sealed, as
 * the fold finds the same one every time. `answer`: what the writer is told, `conflict` (409) or `refused` (403).
 */
export const VOIDS = {
  unsigned: { answer: 'refused', says: 'the signature of the node is missing or does not verify' },
  unreadable: { answer: 'refused', says: 'it is no act that this version knows, or not of its form' },
  conflict: { answer: 'conflict', says: 'what it changes was changed by another act before' },
  unknown: { answer: 'conflict', says: 'what it names does not exist' },
  'not-now': { answer: 'conflict', says: 'what it names is not in the state for it' },
  forbidden: { answer: 'refused', says: 'the actor has no permission for it' },
  'needs-account': { answer: 'refused', says: 'it takes two persons, so each acts under an account' },
  'same-person': {
    answer: 'refused',
    says: 'the second person is the first one, or the one whom it is about',
  },
  'own-role': { answer: 'refused', says: 'nobody grants a role or a reset to himself' },
  'roles-exclude': { answer: 'refused', says: 'the account has a role that excludes this one' },
  'last-of-role': { answer: 'refused', says: 'nobody would be left who can manage or approve accounts' },
  'retention-shortened': { answer: 'refused', says: 'retention only lengthens' },
  'address-taken': {
    answer: 'refused',
    says: 'an address belongs to somebody else on these days, and is not stated as shared',
  },
  'numbers-used': { answer: 'conflict', says: 'a number of this range was used in the matter before' },
} as const satisfies Record<string, { answer: 'conflict' | 'refused'; says: string }>;

export type VoidReason = keyof typeof VOIDS;
