import type { Custodian, Directory } from '../../../src/core/directory/fold.ts';
import type { StatedAddress } from '../../../src/core/directory/form.ts';

type Person = Partial<Omit<Custodian, 'addresses'>> & {
  readonly id: string;
  readonly addresses: readonly (Partial<StatedAddress> & { readonly address: string })[];
};

/** A directory of version 1 with these people and domains. */
export function directoryOf(people: readonly Person[], domains: readonly string[] = []): Directory {
  const custodians = people.map(
    (person): Custodian => ({
      names: [`${person.id} example`],
      entity: null,
      desk: null,
      supervisor: null,
      counsel: false,
      employedFrom: null,
      employedTo: null,
      groups: [],
      since: 1,
      removed: null,
      former: [],
      ...person,
      addresses: person.addresses.map((address) => ({
        network: null,
        from: null,
        to: null,
        shared: false,
        since: 1,
        until: null,
        ...address,
      })),
    }),
  );
  return {
    version: 1,
    changed: null,
    custodians: new Map(custodians.map((one) => [one.id, one])),
    domains,
    formerDomains: [],
    pending: null,
  };
}
