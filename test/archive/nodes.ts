/** Nodes of one archive: each with its own reader and fold, over the same stream and vault. */
import { type WantedAct, type WrittenAct, writeControl } from '../../src/archive/control.ts';
import { openReader } from '../../src/archive/read/open-reader.ts';
import { RegisterFollower } from '../../src/archive/register.ts';
import type { Json } from '../../src/core/event.ts';
import type { Workshop } from './workshop.ts';

export class Node {
  readonly follower: RegisterFollower;
  readonly #workshop: Workshop;

  private constructor(workshop: Workshop, follower: RegisterFollower) {
    this.#workshop = workshop;
    this.follower = follower;
  }

  static async open(workshop: Workshop): Promise<Node> {
    const reader = await openReader(workshop.vault);
    return new Node(workshop, new RegisterFollower(reader, workshop.clock));
  }

  write(
    actor: string,
    action: string,
    details: { readonly [key: string]: Json },
    signal?: AbortSignal,
  ): Promise<WrittenAct> {
    const { stream, acts } = this.#workshop;
    return writeControl(
      { stream, acts, follower: this.follower },
      actor,
      { action, details: { expects: 0, ...details } } as WantedAct,
      signal === undefined ? {} : { signal },
    );
  }

  /** Accounts ada (administrator), carl (compliance), lena and lars (legal), and a matter of the two. */
  async appoint(): Promise<void> {
    const person = (account: string, roles: readonly string[] = []) => ({
      account,
      displayName: account,
      kind: 'person',
      person: null,
      roles,
    });
    await this.write('os:root@desk', 'account.create', person('ada', ['administrator']));
    await this.write('os:root@desk', 'account.create', person('carl', ['compliance']));
    for (const account of ['lena', 'lars']) {
      await this.write('ada', 'account.create', person(account));
      await this.write('ada', 'account.request-role', {
        account,
        expects: 1,
        role: 'legal',
        reason: 'joined',
      });
      await this.write('carl', 'account.approve-role', { account, expects: 2, role: 'legal' });
    }
    await this.write('lena', 'matter.open', { matter: 'm', reference: 'R', zone: 'UTC', members: ['lars'] });
  }
}
