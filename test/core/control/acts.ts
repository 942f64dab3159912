/** Control entries for tests of the fold: signed by a node of this process, numbered as a log would number them. */
import { actMessage, nodeKeyName } from '../../../src/core/act.ts';
import { fold, type Outcome } from '../../../src/core/control/fold.ts';
import { EMPTY_REGISTER, type Register } from '../../../src/core/control/register.ts';
import type { SealedAct } from '../../../src/core/control/stamp.ts';
import type { Json } from '../../../src/core/event.ts';
import { sha256Hex } from '../../../src/core/hash.ts';
import type { Signer } from '../../../src/core/ports/signer.ts';
import type { Act } from '../../../src/core/record.ts';
import { freshSigner } from '../ledger/signer.ts';

/** Hold on to a register and fold acts into it, one after the other. */
export class Desk {
  readonly node: Signer = freshSigner();
  readonly sealed: SealedAct[] = [];
  register: Register = EMPTY_REGISTER;
  #at = Date.parse('2026-03-02T09:00:00.000Z');

  /** Seals and folds an act of `actor`; `details` without `expects` for version 0. */
  async act(actor: string, action: string, details: { readonly [key: string]: Json }): Promise<Outcome> {
    return this.fold(await this.sign(actor, action, details));
  }

  async sign(actor: string, action: string, details: { readonly [key: string]: Json }): Promise<SealedAct> {
    const leaf = this.sealed.length;
    this.#at += 1000;
    const at = new Date(this.#at).toISOString();
    const act: Act = {
      id: sha256Hex(`${leaf}`).slice(0, 32),
      action,
      actor,
      at,
      details: { expects: 0, ...details },
      node: nodeKeyName('test-archive'),
    };
    const signature = Buffer.from(await this.node.sign(actMessage(act))).toString('base64');
    return { position: `control/${leaf}`, act: { ...act, signature }, sealedAt: at };
  }

  fold(sealed: SealedAct): Outcome {
    this.sealed.push(sealed);
    const folded = fold(this.register, sealed, this.node.publicKey);
    this.register = folded.register;
    return folded.outcome;
  }

  /** Version of an account, matter, hold, … to expect. */
  version(of: 'accounts' | 'grants' | 'matters' | 'holds', name: string): number {
    return this.register[of].get(name)?.version ?? 0;
  }

  /** Administrator ada and compliance officer carl, as `init` makes them. */
  async bootstrap(): Promise<void> {
    for (const [account, role] of [
      ['ada', 'administrator'],
      ['carl', 'compliance'],
    ] as const)
      expect(await this.act('os:root@desk', 'account.create', person(account, [role]))).toEqual(DONE);
  }

  /** Gives somebody a new account with a role: ada asks, carl approves. */
  async appoint(account: string, role: string): Promise<void> {
    expect(await this.act('ada', 'account.create', person(account))).toEqual(DONE);
    const expects = this.version('accounts', account);
    expect(
      await this.act('ada', 'account.request-role', { account, expects, role, reason: 'joined' }),
    ).toEqual(DONE);
    expect(await this.act('carl', 'account.approve-role', { account, expects: expects + 1, role })).toEqual(
      DONE,
    );
  }
}

export const DONE: Outcome = { is: 'done' };

export function person(account: string, roles: readonly string[] = []): { readonly [key: string]: Json } {
  return { account, displayName: `${account} example`, kind: 'person', person: null, roles };
}

/** Matches a void outcome by its reason. */
export const voided = (reason: string): object => expect.objectContaining({ is: 'void', reason });
