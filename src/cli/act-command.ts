import type { Command } from 'commander';
import type { WantedAct, WrittenAct } from '../archive/control.ts';
import type { ControlAct, ControlAction, ControlDetails } from '../core/control/acts.ts';
import type { Register } from '../core/control/register.ts';
import type { Permission } from '../core/control/roles.ts';
import { HoldfastError } from '../core/errors.ts';
import type { Json } from '../core/event.ts';
import { type Acting, acted, perform, withActor } from './acting.ts';
import type { Archive } from './archive.ts';
import { audit } from './audit.ts';
import type { CommandSpec, Options } from './command.ts';
import { type Context, print } from './context.ts';
import { printable } from './io.ts';

/** What a command gets to put an act together. */
export interface Putting {
  readonly register: Register;
  readonly args: readonly string[];
  readonly options: Options;
  readonly archive: Archive;
  readonly context: Context;
}

interface ActCommand<A extends ControlAction> {
  readonly name: string;
  readonly summary: string;
  /** What it takes to ask for the act at all; the fold decides about the rest. */
  readonly permission: Permission;
  readonly action: A;
  configure(command: Command): Command;
  /** The act without `via`, which is added. */
  details(putting: Putting): Promise<ControlDetails<A>> | ControlDetails<A>;
  /** What there is to say once it counts: the thing as it is now, and the same in words. */
  done(written: WrittenAct, details: ControlDetails<A>): { readonly thing: object; readonly says: string };
}

/** A command that has one control act done, under the local user or an account. */
export function actCommand<A extends ControlAction>(spec: ActCommand<A>): CommandSpec {
  return {
    name: spec.name,
    summary: spec.summary,
    needs: 'archive',
    configure: (command) => void withActor(spec.configure(command)),
    run: (context, args, options) =>
      acted(context, spec, options, async ({ archive, acting, register }) => {
        const details = await spec.details({ register, args: args.map(text), options, archive, context });
        const wanted = { action: spec.action, details: { ...details, ...acting.via } } as ControlAct;
        const written = await perform(context, archive, acting, wanted as WantedAct);
        const { thing, says } = spec.done(written, details);
        print(context, { position: written.position, ...thing }, () => [
          printable(`${says} (${written.position})`),
        ]);
        return 0;
      }),
  };
}

interface LookCommand {
  readonly name: string;
  readonly summary: string;
  readonly permission: Permission;
  /** Under which name the look is recorded. */
  readonly recorded: string;
  configure(command: Command): Command;
  /** Reads, and prints what it found. What the entry says is recorded before anything is printed. */
  look(putting: Putting & { readonly acting: Acting }): Promise<{
    readonly details: { readonly [key: string]: Json };
    readonly answer: () => void;
  }>;
}

/** A command that looks and changes nothing. */
export function lookCommand(spec: LookCommand): CommandSpec {
  return {
    name: spec.name,
    summary: spec.summary,
    needs: 'archive',
    configure: (command) => void withActor(spec.configure(command)),
    run: (context, args, options) =>
      acted(context, spec, options, async ({ archive, acting, register }) => {
        const { details, answer } = await spec.look({
          register,
          args: args.map(text),
          options,
          archive,
          context,
          acting,
        });
        await audit({ ...context, actor: acting.actor }, archive, spec.recorded, {
          ...details,
          ...acting.via,
        });
        answer();
        return 0;
      }),
  };
}

/** Version of a thing to expect; throws `not-found` where there is none of this name. */
export function known<T>(things: ReadonlyMap<string, T>, name: string, what: string): T {
  const thing = things.get(name);
  if (thing !== undefined) return thing;
  throw new HoldfastError('not-found', `There is no ${what} of this name.`, {
    hint: `'holdfast ${what} list' shows all there are.`,
  });
}

/** The version that an act expects: the one that its writer says he saw, else the one that is there. */
export function expected(options: Options, thing: { readonly version: number }): number {
  return options.expects === undefined ? thing.version : Number(options.expects);
}

const text = (value: unknown): string => String(value);
