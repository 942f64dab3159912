import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Access } from '../../src/access/access.ts';
import { deployment } from '../../src/assembly/deployment.ts';
import { type OpenArchive, openEmbedded } from '../../src/assembly/embedded.ts';
import { firstAccounts } from '../../src/assembly/first-accounts.ts';
import { type RunHeld, serviceParts } from '../../src/assembly/service.ts';
import { systemClock, systemRandom } from '../../src/assembly/system.ts';
import { run } from '../../src/cli/run.ts';
import { awaitIndexed, awaitStreamSealed } from '../../src/cli/wait.ts';
import { type EmbeddedSettings, embeddedSchema } from '../../src/config/settings.ts';
import type { Role } from '../../src/core/control/roles.ts';
import { application, type ServiceOptions } from '../../src/http/application.ts';
import { type Listening, listen } from '../../src/http/listen.ts';
import type { ServiceParts } from '../../src/http/served.ts';
import { Service } from '../../src/http/service.ts';

export const PASSWORD = 'seven quiet herons';
const caller = {
  io: silent(),
  cwd: process.cwd(),
  actor: 'os:test@localhost',
  signal: new AbortController().signal,
};

function silent() {
  return { out: () => {}, err: () => {}, transient: () => {}, drained: async () => {} };
}

/** What the service answered. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: ReturnType<typeof JSON.parse>;
}

/** A service over an embedded archive of its own, with accounts in every role. */
export class Office {
  readonly folder: string;
  readonly open: OpenArchive;
  readonly parts: ServiceParts;
  readonly service: Service;
  readonly logged: string[];
  readonly #listening: Listening;
  readonly #tokens = new Map<string, string>();

  private constructor(
    folder: string,
    open: OpenArchive,
    parts: ServiceParts,
    service: Service,
    listening: Listening,
    logged: string[],
  ) {
    this.folder = folder;
    this.open = open;
    this.parts = parts;
    this.service = service;
    this.#listening = listening;
    this.logged = logged;
  }

  get url(): string {
    return this.#listening.url;
  }

  get access(): Access {
    return this.parts.access;
  }

  static async start(
    options: ServiceOptions & { settings?: object; parts?: (real: ServiceParts) => ServiceParts } = {},
  ): Promise<Office> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-http-'));
    const settings: EmbeddedSettings = embeddedSchema.parse({
      mode: 'embedded',
      data: join(folder, 'data'),
      ...options.settings,
    });
    const world = { environment: {}, clock: systemClock, random: systemRandom };
    await deployment(world).init(settings, 'a passphrase', caller);
    return await Office.again(folder, settings, options);
  }

  /** Opens an archive that is there. */
  static async again(
    folder: string,
    settings: EmbeddedSettings,
    options: ServiceOptions & { parts?: (real: ServiceParts) => ServiceParts } = {},
  ): Promise<Office> {
    const open = await openEmbedded(settings, 'a passphrase', caller);
    const logged: string[] = [];
    const world = { environment: {}, clock: systemClock, random: systemRandom };
    const runHeld: RunHeld = (argv, by, archive) =>
      run(argv, by, { ...world, deployment: deployment(world) }, archive);
    const real = await serviceParts(open.archive, runHeld, (line) => logged.push(line));
    const parts = options.parts?.(real) ?? real;
    await firstAccounts(parts, caller);
    const service = new Service(parts);
    await service.start();
    const listening = await listen(application(service, { checkAnswers: true, rate: 100_000, ...options }), {
      host: '127.0.0.1',
      port: 0,
    });
    return new Office(folder, open, parts, service, listening, logged);
  }

  /** Stops the service and closes the archive; the folder stays. */
  async stop(): Promise<void> {
    await this.#listening.close();
    await this.service.stop();
    await this.open.close();
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get settings(): EmbeddedSettings {
    return this.open.archive.settings as EmbeddedSettings;
  }

  /** Makes an account with a role, as two people do it; nothing where it is there. */
  async account(
    account: string,
    role?: Role,
    kind: 'person' | 'service' = 'person',
    person: string | null = null,
  ): Promise<string> {
    const { control } = this.parts;
    if ((await control.register()).accounts.has(account)) return account;
    const { register } = await control.write('administrator', {
      action: 'account.create',
      details: { account, expects: 0, displayName: account, kind, person, roles: [] },
    });
    if (role !== undefined) {
      const expects = register.accounts.get(account)?.version ?? 1;
      const { register: asked } = await control.write('administrator', {
        action: 'account.request-role',
        details: { account, expects, role, reason: 'test' },
      });
      const waits = asked.accounts.get(account)?.requests.length !== 0;
      if (waits)
        await control.write('compliance', {
          action: 'account.approve-role',
          details: { account, expects: expects + 1, role },
        });
    }
    return account;
  }

  /** An access token of an account, whose password is set first. */
  async token(account: string): Promise<string> {
    const known = this.#tokens.get(account);
    if (known !== undefined) return known;
    await this.access.choosePassword(account, PASSWORD);
    const { accessToken } = await this.access.signIn({
      account,
      password: PASSWORD,
      address: 'test',
      enabled: true,
    });
    this.#tokens.set(account, accessToken);
    return accessToken;
  }

  forget(account: string): void {
    this.#tokens.delete(account);
  }

  /** Asks as an account (undefined: as nobody). */
  async ask(
    account: string | undefined,
    method: string,
    path: string,
    body?: unknown,
    headers: { readonly [name: string]: string } = {},
  ): Promise<Answered> {
    const token = account === undefined ? undefined : await this.token(account);
    return await this.send(method, path, body, {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    });
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: { readonly [name: string]: string } = {},
  ): Promise<Answered> {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(`${this.url}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
    return {
      status: response.status,
      headers: response.headers,
      text,
      body:
        isJson && !/ndjson/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined,
    };
  }

  /** Takes in messages, and waits until they are searchable. */
  async ingest(...messages: readonly object[]): Promise<void> {
    const path = join(this.folder, `in-${Math.random()}.ndjson`);
    const whole = messages.map((message, n) => ({
      id: `${path}-${n}`,
      network: 'slack',
      conversation: 'desk',
      from: 'ann@desk.example',
      at: '2016-04-05T12:30:00Z',
      ...message,
    }));
    writeFileSync(path, whole.map((message) => JSON.stringify(message)).join('\n'));
    const said: string[] = [];
    const code = await this.parts.run(['ingest', path], {
      actor: 'os:test@localhost',
      signal: caller.signal,
      out: () => {},
      progress: (line) => said.push(line),
    });
    if (code !== 0) throw new Error(said.join('\n'));
  }

  /** The job's state once it has ended. */
  async ended(account: string, job: string): Promise<Answered['body']> {
    for (;;) {
      const { body } = await this.ask(account, 'GET', `/v1/jobs/${job}`);
      if (body.endedAt !== null || body.code !== undefined) return body;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Sealed acts of a name, all of them that `reader` may see; without a name, those that changed nothing. */
  async audited(
    action?: string,
    reader = 'compliance',
  ): Promise<{ actor: string; details: { [key: string]: unknown } }[]> {
    await awaitStreamSealed(this.open.archive);
    await awaitIndexed(this.open.archive);
    const which = action === undefined ? 'log=audit' : `action=${action}`;
    const { body } = await this.ask(reader, 'GET', `/v1/audit?${which}&limit=10000`);
    return body.acts;
  }
}
